using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies.Items;
using McpGateway.Policies.RateLimits;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>
/// What remote servers have listed to each user, where there are rules on tools. Kept for a minute or two after the last use: the
/// lists can be asked for again.
/// </summary>
internal sealed class RemoteListedItems(TimeProvider time)
{
    private const int Capacity = 1000;

    private readonly Partitions<Key, RemoteUserItems> _catalogues = new(Capacity, time, () => new RemoteUserItems(), _ => false);

    public RemoteUserItems Of(ServerConfig server, SessionOwner owner) =>
        _catalogues.Get(new Key(server.Name, (RemoteTarget)server.Target, owner));

    // With the target: what another server of the same name has listed is no more.
    private readonly record struct Key(string Server, RemoteTarget Target, SessionOwner Owner);
}

/// <summary>What a remote server has listed to one user.</summary>
internal sealed class RemoteUserItems
{
    private volatile Func<JsonRpcMessage, Task<GatewayAnswer>>? _ask;

    public RemoteUserItems() => Listed = new ListedItems(request => _ask!(request));

    public ListedItems Listed { get; }

    /// <summary>See <see cref="ListedItems.CheckAsync"/>.</summary>
    /// <param name="item">What is asked for.</param>
    /// <param name="rules">Those in force.</param>
    /// <param name="ask">How the lists are asked for in the session at hand. Any session of the user's does.</param>
    public Task<JsonRpcError?> CheckAsync(RequestedItem item, ToolRules rules, Func<JsonRpcMessage, Task<GatewayAnswer>> ask)
    {
        _ask = ask;
        return Listed.CheckAsync(item, rules);
    }
}
