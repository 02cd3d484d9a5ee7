using McpGateway.Configuration;
using McpGateway.Policies.Items;
using McpGateway.Policies.RateLimits;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>
/// The lists that remote servers have sent to each user, for servers with rules on tools. They are kept for a minute or two after
/// their last use, because they can be fetched again in any session of the user.
/// </summary>
internal sealed class RemoteListedItems(TimeProvider time)
{
    // Of each of the two generations of Partitions. Beyond it, lists are fetched more often.
    private const int Capacity = 1000;

    private readonly Partitions<Key, ListedItems> _items = new(Capacity, time, () => new ListedItems(), _ => false);

    public ListedItems Of(ServerConfig server, SessionOwner owner) =>
        _items.Get(new Key(server.Name, (RemoteTarget)server.Target, owner));

    // With the target, because the lists of an earlier server with the same name no longer count.
    private readonly record struct Key(string Server, RemoteTarget Target, SessionOwner Owner);
}
