using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Policies.Items;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>Who is at the child, and when it ends: it is kept for a while after its last session, which may come back.</summary>
internal sealed partial class SharedChild
{
    // What a child prints for its client; longer text is cut as stderr is.
    private const int LongestLogText = 2000;

    private readonly Lock _lock = new();
    private readonly HashSet<SharedChildSession> _members = [];
    private readonly Action<SharedChild, Task> _onEnded;
    private Task? _ending;

    /// <inheritdoc cref="ChildActivity.UsedAt"/>
    public long UsedAt => _line.Activity.UsedAt;

    /// <inheritdoc cref="ChildActivity.Touch()"/>
    public void Touch() => _line.Activity.Touch();

    /// <returns>False when it is about to end.</returns>
    public bool TryJoin(SharedChildSession seat)
    {
        lock (_lock)
        {
            if (_ending is not null)
                return false;
            _line.Activity.Touch();
            return _members.Add(seat);
        }
    }

    /// <summary>The session has ended, and what it wanted with it. Its calls have been cancelled.</summary>
    public void Leave(SharedChildSession seat)
    {
        lock (_lock)
            _members.Remove(seat);
        UnsubscribeAll(seat);
        Levels.Remove(seat);
    }

    /// <summary>The monitor's visit.</summary>
    /// <param name="now">A timestamp of the context's clock.</param>
    public async Task TickAsync(long now)
    {
        var maximum = (long)(Server.Config.RequestMaximum.TotalSeconds * _context.Time.TimestampFrequency);
        while (_inFlight.TakeAbandonedBefore(now - maximum) is { } call)
        {
            if (_line.Child?.Forget(call) is true)
                _inFlight.Leave(call.Seat!);
        }

        _line.Tick(now);
        var keptReady = Key.ServesAll && Server.Config.Warm > 0;
        if (Server.IsRetired || (!keptReady && _context.Time.GetElapsedTime(UsedAt, now) >= Server.Config.IdleTimeout))
            await (TryEndIfUnused() ?? Task.CompletedTask);
    }

    /// <inheritdoc/>
    public Task? TryEndIfUnused()
    {
        lock (_lock)
        {
            if (_ending is not null || _members.Count > 0)
                return null;
            _ending = Task.Run(() => EndCoreAsync(Refusal.SessionNotFound.Error));
        }

        _onEnded(this, _ending);
        return _ending;
    }

    /// <summary>Ends it and the sessions that use it.</summary>
    /// <param name="error">What their calls in flight are answered with.</param>
    /// <returns>Completes when the process is gone; the same task for every caller.</returns>
    public Task EndAsync(JsonRpcError error)
    {
        lock (_lock)
        {
            if (_ending is not null)
                return _ending;
            _ending = Task.Run(() => EndCoreAsync(error));
        }

        _onEnded(this, _ending);
        return _ending;
    }

    async Task IChildObserver.RestoreAsync(ChildConnection child)
    {
        ListedItems.Clear();
        if (Levels.Wanted is { } level)
            await _line.Sender.TellAsync(child, GatewayCall.Request(McpMethod.SetLevel, new JsonObject { ["level"] = level }));
        foreach (var uri in _subscriptions.Uris())
            await _line.Sender.TellAsync(child, GatewayCall.Request(McpMethod.Subscribe, new JsonObject { ["uri"] = uri }));
        foreach (var notification in ListsChanged.For(InitializeResult))
            await TellAllAsync(notification, Members());
    }

    void IChildObserver.OnLost(JsonRpcError error, bool isFinal)
    {
        if (isFinal || Server.Config.OnExit is OnExit.Terminate)
        {
            _ = EndAsync(error);
            return;
        }

        Forget();
    }

    void IChildObserver.OnHibernated() => Forget();

    // What the child has given out and asked went with it; another may give out the same ids.
    private void Forget()
    {
        foreach (var ids in new[] { _tasks, _elicitations, ClientTasks })
            ids.Clear();
        _taskTokens.Clear();
        _ = ServerRequestCancellation.SendAsync(Asked.TakeAll(), _context);
    }

    private async Task EndCoreAsync(JsonRpcError error)
    {
        foreach (var member in Members())
            member.Session.OnChildLost(error);
        await _line.CloseAsync();
        await Levels.ToldAsync();
    }

    private SharedChildSession[] Members()
    {
        lock (_lock)
            return [.. _members];
    }

    private SharedChildSession? OnlyMember()
    {
        lock (_lock)
            return _members.Count == 1 ? _members.First() : null;
    }

    // It may be about anyone's call, so it is for the operator alone.
    private void LogForNobody(JsonRpcMessage message, string? level)
    {
        if (!_log.IsEnabled(LogLevel.Debug))
            return;
        var found = JsonMembers.TryFind(message.Envelope.Params.In(message.Utf8), "data"u8, out var data);
        var text = found ? System.Text.Encoding.UTF8.GetString(data) : string.Empty;
        text = new SecretRedactor(Server.Stdio).Redact(text);
        Log.ChildSaid(_log, Server.Name, level, text.Length > LongestLogText ? text[..LongestLogText] : text);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "{Server} says ({Level}): {Text}", EventName = "ChildLogMessage")]
        public static partial void ChildSaid(ILogger log, string server, string? level, string text);

    }
}
