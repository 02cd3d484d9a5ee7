using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.JsonRpc;
using McpGateway.Policies;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>The start of a child, the first or a later one, and what its callers are told when it cannot.</summary>
internal sealed partial class ChildSupervisor
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private static readonly JsonRpcError Stopped = new(JsonRpcErrorCode.InternalError, "The server's process was stopped.");

    // Who was there before the client's handshake is over decides about it.
    private Task<ChildConnection> ConnectAsync(Handshake? handshake)
    {
        lock (_lock)
        {
            if (_closed)
                return Task.FromException<ChildConnection>(new ChildStartException(Stopped));
            if (_current is null)
            {
                var next = new ChildRun(this);
                _current = next;
                next.Ready = Task.Run(() => StartAsync(next, handshake));
            }

            return _current.Ready;
        }
    }

    private async Task<ChildConnection> StartAsync(ChildRun next, Handshake? handshake)
    {
        ChildConnection? child = null;
        try
        {
            await TakePlaceAsync();
            child = await StartAsync(next);
            if (!TryKeep(next, child))
                throw new ChildStartException(Stopped);
            if (handshake is not null)
                await InitializeAsync(child, handshake);
            next.IsReady = true;
            return child;
        }
        catch (Exception exception)
        {
            Forget(next);
            var wasLost = child is { IsLost: true }; // that has been noted
            if (child is not null)
                await StopAsync(child);
            next.EndedUp();
            Report(exception, wasLost);
            _owner.OnLost(Explain(exception), isFinal: InitializeResult is null || exception is ChildStartException { IsFinal: true });
            throw;
        }
    }

    // One that was kept warm has a place of its own, and this line's is free again.
    private async Task<ChildConnection> StartAsync(ChildRun next)
    {
        if (_user is null && _context.Warm.TryTake(_server) is { } warm)
        {
            _server.ReleaseProcess();
            return _context.Starter.Connect(_server, warm, next, _calls);
        }

        next.Slot = await _context.Gate.EnterAsync(_server);
        if (next.Slot is not null)
            return _context.Starter.Start(_server, next, _calls, _user);
        _server.ReleaseProcess();
        throw new ChildStartException(new ChildFailure(
            _server.Name, "is not started: too many others are being started (Limits:Starts)", null, [], Soon).ToError());
    }

    private async Task InitializeAsync(ChildConnection child, Handshake handshake)
    {
        var result = await handshake.PerformAsync(child, _server.Config.StartTimeout, _context.Time);
        Volatile.Read(ref _current)?.Slot?.Dispose();
        _server.Starts.Succeeded();
        if (InitializeResult is null)
        {
            InitializeResult = result;
            return;
        }

        if (!InitializeAnswer.IsSameServer(InitializeResult, result))
            throw new ChildStartException(Refusal.SessionNotFound.Error) { IsFinal = true };
        await _owner.RestoreAsync(child);
        Log.Revived(_log, _server.Name);
    }

    private void Report(Exception exception, bool isNoted)
    {
        if (_closed || exception is ChildStartException { IsFailure: false })
            return;
        if (!isNoted)
            Note(_server.Starts, exception.Message);
        if (exception is ChildLaunchException or ChildStartException)
            Log.CannotStart(_log, _server.Name, exception.Message);
        else
            Log.StartFailed(_log, exception, _server.Name);
    }

    // The end may come while the child is being started: then it is not the end's to stop, but the start's.
    private bool TryKeep(ChildRun next, ChildConnection child)
    {
        lock (_lock)
        {
            next.Child = child;
            return !_closed;
        }
    }

    private async Task OnLostAsync(ChildRun lost, JsonRpcError error)
    {
        await ((Task)lost.Ready).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!lost.Ready.IsCompletedSuccessfully)
            return; // it was lost while it was being started: the start fails of it, tells, and stops what is left
        try
        {
            _owner.OnLost(error, isFinal: InitializeResult is null);
            await StopAsync(await lost.Ready);
        }
        finally
        {
            lost.EndedUp();
        }
    }

    private void Forget(ChildRun incarnation)
    {
        lock (_lock)
        {
            if (_current == incarnation)
                _current = null;
        }
    }

    private JsonRpcError Explain(Exception exception) => exception switch
    {
        ChildStartException start => start.Error,
        ChildLaunchException launch => new ChildFailure(
            _server.Name, "cannot be started: " + launch.Message.TrimEnd('.'), null, [], _server.Starts.RetryAfter).ToError(),
        _ => new JsonRpcError(JsonRpcErrorCode.InternalError, "The gateway failed; its log tells more."),
    };

    /// <summary>One child's life on this line.</summary>
    private sealed class ChildRun(ChildSupervisor line) : IConnectionObserver
    {
        private readonly long _startedAt = line._context.Time.GetTimestamp();
        private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<ChildConnection> Ready { get; set; } = null!;

        public ChildConnection? Child { get; set; }

        /// <summary>Among the children being started; null for one that was warm.</summary>
        public IDisposable? Slot { get; set; }

        /// <summary>Whether calls may be sent.</summary>
        public bool IsReady { get; set; }

        /// <summary>Completes when a child that was lost has left nothing behind.</summary>
        public Task Gone => _gone.Task;

        public ValueTask OnMessageAsync(JsonRpcMessage message, ChildConnection child)
        {
            line._tasks.Watch(message);
            return line._owner.OnMessageAsync(message, child);
        }

        public TimeSpan OnLosing(string reason)
        {
            line.AwaitEndOf(this);
            return line.NextTry(reason, Lived(line._context.Time.GetTimestamp()));
        }

        public TimeSpan Lived(long now) => line._context.Time.GetElapsedTime(_startedAt, now);

        public void OnLost(JsonRpcError error) => _ = line.OnLostAsync(this, error);

        public void EndedUp()
        {
            Slot?.Dispose();
            _gone.TrySetResult();
        }
    }
}

/// <summary>A child was started in vain, or not started at all.</summary>
internal sealed class ChildStartException(JsonRpcError error) : Exception(error.Message)
{
    public JsonRpcError Error { get; } = error;

    /// <summary>Whether it is the server's fault, so that the next start should wait.</summary>
    public bool IsFailure { get; init; }

    /// <summary>Whether no child can take the place of the last one.</summary>
    public bool IsFinal { get; init; }
}
