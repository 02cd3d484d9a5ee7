using McpGateway.Configuration;
using McpGateway.Policies.Items;
using McpGateway.Policies.RateLimits;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>
/// What remote servers have listed to each user, where there are rules on tools. Kept for a minute or two after the last use: the
/// lists can be fetched again, in any session of the user's.
/// </summary>
internal sealed class RemoteListedItems(TimeProvider time)
{
    private const int Capacity = 1000;

    private readonly Partitions<Key, ListedItems> _items = new(Capacity, time, () => new ListedItems(), _ => false);

    public ListedItems Of(ServerConfig server, SessionOwner owner) =>
        _items.Get(new Key(server.Name, (RemoteTarget)server.Target, owner));

    // With the target: what another server of the same name has listed is no more.
    private readonly record struct Key(string Server, RemoteTarget Target, SessionOwner Owner);
}
