using McpGateway.JsonRpc;
using McpGateway.Sessions.Queues;

namespace McpGateway.Sessions;

/// <summary>The calls of one session whose client still waits for an answer.</summary>
/// <param name="session">Whose they are; null for those of a POST to a remote server, which has the session itself.</param>
internal sealed class SessionCalls(Session? session)
{
    // As many as a server's queue holds: a client that wants more at once has to wait for answers.
    private static readonly int Capacity = QueueLimits.Default.Messages;

    private readonly Dictionary<JsonRpcId, ClientCall> _calls = [];

    // Calls under an id that an older one in flight has, oldest first. Hosted clients number every request 1.
    private readonly List<ClientCall> _sameKey = [];
    private volatile CallRegistry? _registry;

    public Session Session => session ?? throw new InvalidOperationException("The remote server has the session of these calls.");

    /// <summary>Where they are recorded. Only after <see cref="Join"/>.</summary>
    public CallRegistry Registry => _registry ?? throw new InvalidOperationException("The session has not begun.");

    // Not exact, since whoever has room has not added its call yet. It bounds memory, for which a few more do not matter.
    public bool IsFull => Count >= Capacity;

    public int Count => Read(static self => self._calls.Count + self._sameKey.Count);

    /// <summary>
    /// How many the server has not answered, those that nobody waits for among them. Under the registry's lock.
    /// </summary>
    internal int InFlight { get; set; }

    /// <summary>How many of those are no longer remembered. Under the registry's lock.</summary>
    internal int Forgotten { get; set; }

    /// <summary>When the last of those was withdrawn. Under the registry's lock.</summary>
    internal long ForgottenAt { get; set; }

    /// <summary>The session begins: it is known now by which process it is served.</summary>
    public void Join(CallRegistry registry) => _registry = registry;

    /// <returns>
    /// False when a call with this key is in flight on the same response: their answers could not be told apart there.
    /// </returns>
    public bool TryAdd(ClientCall call)
    {
        // First, or an end of the session in between would release what was not awaited yet.
        call.Replies.Await();
        lock (Registry.Lock)
        {
            if (_calls.TryAdd(call.Key, call))
                return true;
            if (WithKey(call.Key).All(other => other.Replies != call.Replies))
            {
                _sameKey.Add(call);
                return true;
            }
        }

        call.Replies.Release();
        return false;
    }

    /// <summary>The call with this key; the oldest, when there are several.</summary>
    public ClientCall? Find(JsonRpcId key) => Read(self => self._calls.GetValueOrDefault(key));

    /// <summary>The call whose progress the server reports under this token.</summary>
    public ClientCall? FindByProgressToken(JsonRpcId token) =>
        token.IsNone ? null : Read(self => self.All.FirstOrDefault(call => call.ProgressToken == token));

    /// <summary>The call that waits for this task.</summary>
    public ClientCall? FindByTask(string task) => Read(self => self.All.FirstOrDefault(call => call.Task == task));

    /// <summary>
    /// The call in flight when there is just one. Where others use the server too, it must have been sent, and the server owe
    /// this session no other answer: what it has not seen it cannot mean.
    /// </summary>
    public ClientCall? Only() => Read(static self =>
        self._calls.Count == 1 && self._sameKey.Count == 0 && self._calls.Values.First() is var call
        && (!self.Registry.IsShared || (call.State is CallState.Sent && self.InFlight == 1)) ? call : null);

    /// <summary>The call that has been in flight the longest among those whose client still listens.</summary>
    public ClientCall? OldestListening() =>
        Read(static self => self.All.Where(call => call.Replies.IsOpen).MinBy(call => call.StartedAt));

    public ClientCall[] Snapshot() => Read(static self => self._calls.Count == 0 ? [] : self.All.ToArray()) ?? [];

    /// <summary>Under the registry's lock.</summary>
    internal void Remove(PendingCall call)
    {
        // Its key may be another call's by now: a client may use an id again once it has the answer.
        if (call is not ClientCall { Key: var key } ended || _sameKey.Remove(ended)
            || !_calls.TryGetValue(key, out var found) || found != ended)
            return;
        _calls.Remove(key);
        if (_sameKey.Find(other => other.Key == key) is { } next)
        {
            _sameKey.Remove(next);
            _calls.Add(key, next);
        }
    }

    private IEnumerable<ClientCall> All => _sameKey.Count == 0 ? _calls.Values : _calls.Values.Concat(_sameKey);

    private IEnumerable<ClientCall> WithKey(JsonRpcId key) => _sameKey.Where(call => call.Key == key).Prepend(_calls[key]);

    // Before the session has begun there can be no call, and no lock to take.
    private T? Read<T>(Func<SessionCalls, T> read)
    {
        if (_registry is not { } registry)
            return default;
        lock (registry.Lock)
            return read(this);
    }
}
