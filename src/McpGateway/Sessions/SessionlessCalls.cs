using System.Collections.Concurrent;
using McpGateway.JsonRpc;
using McpGateway.Servers;

namespace McpGateway.Sessions;

/// <summary>
/// The way in for a call without a session: a server, a user and a message in, a stream of what belongs to it out. Such
/// calls run on one child for each server and user, which is kept while it is used.
/// </summary>
public sealed class SessionlessCalls(RelayContext context, ILogger<SessionlessCalls> log)
{
    private readonly ConcurrentDictionary<(ServerState, SessionOwner), SessionlessChild> _children = new();
    private readonly Endings _endings = new(log);
    private readonly Lock _lock = new();
    private bool _draining;

    internal IEnumerable<SessionlessChild> All => _children.Select(child => child.Value);

    /// <summary>Takes a message of a user who has no session.</summary>
    /// <param name="server">A stdio server.</param>
    /// <param name="owner">Who asks.</param>
    /// <param name="message">Owned by the callee from here on, also when it is refused.</param>
    /// <param name="replies">Where the answer, and what belongs to it, is to go.</param>
    public Receipt Receive(ServerState server, SessionOwner owner, JsonRpcMessage message, MessageStream replies)
    {
        if (!message.Envelope.IsRequest)
        {
            // Notifications and answers are about a session or a call in flight, and here is neither.
            message.Dispose();
            return default;
        }

        var refusal = TryGet(server, owner, out var child);
        if (refusal is null)
            return child!.Receive(message, replies);
        message.Dispose();
        return refusal;
    }

    /// <summary>Nobody waits any more for what was to go to this stream: the child is told.</summary>
    public void Cancel(ServerState server, SessionOwner owner, MessageStream replies)
    {
        if (_children.TryGetValue((server, owner), out var child))
            child.Cancel(replies);
    }

    internal void Drain()
    {
        // Under the lock, so that the end of all children, which follows, misses none that is being added.
        lock (_lock)
            _draining = true;
    }

    internal Task EndAllAsync() => _endings.WhenAllAsync(All.Select(child => child.EndAsync(Refusal.Draining.Error)));

    private Refusal? TryGet(ServerState server, SessionOwner owner, out SessionlessChild? child)
    {
        lock (_lock)
        {
            child = null;
            if (_draining)
                return Refusal.Draining;
            if (_children.TryGetValue((server, owner), out child) && !child.IsEnded)
                return null;
            if (!server.TryReserveProcess())
                return Refusal.TooManyProcesses(server.Name);
            child = new SessionlessChild(server, owner, context, OnEnded);
            _children[(server, owner)] = child;
            return null;
        }
    }

    private void OnEnded(SessionlessChild child, Task ending)
    {
        _endings.Add(ending, child.Server.Name); // first: in between, the end of all children would find it in neither
        _children.TryRemove(new((child.Server, child.Owner), child));
    }
}
