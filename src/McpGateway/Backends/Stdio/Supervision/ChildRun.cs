using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.JsonRpc;
using McpGateway.Policies;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>One child's life: started, ready after its handshake, then lost or stopped, and gone.</summary>
internal sealed partial class ChildRun : IConnectionObserver
{
    private readonly ChildSupervisor _supervisor;
    private readonly SupervisionContext _context;
    private readonly StdioServerState _server;
    private readonly ILogger _log;
    private readonly long _startedAt;
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ProcessSlot? _processSlot;
    private StartSlot? _startSlot;

    /// <summary>Starts a child.</summary>
    /// <param name="supervisor">Calls this under its lock, so that the start cannot see the supervisor without this run.</param>
    /// <param name="context">The gateway's parts.</param>
    /// <param name="previous">Completes when the child before this one is gone.</param>
    /// <param name="handshake">What the gateway does before the first message; null when the client does it.</param>
    public ChildRun(ChildSupervisor supervisor, SupervisionContext context, Task previous, Handshake? handshake)
    {
        _supervisor = supervisor;
        _context = context;
        _server = supervisor.Server;
        _log = context.Loggers.CreateLogger<ChildRun>();
        _startedAt = context.Time.GetTimestamp();
        Ready = Task.Run(() => StartAsync(previous, handshake));
    }

    /// <summary>Completes when calls may be sent; faults when the start failed.</summary>
    public Task<ChildConnection> Ready { get; }

    public bool IsReady { get; private set; }

    /// <summary>Null before it was launched.</summary>
    public ChildConnection? Child { get; private set; }

    /// <summary>Completes when nothing of it is left and its slots are free.</summary>
    public Task Gone => _gone.Task;

    public TimeSpan Lived(long now) => _context.Time.GetElapsedTime(_startedAt, now);

    /// <summary>The handshake is done: the next start need not wait for this one.</summary>
    public void EndStart() => _startSlot?.Dispose();

    /// <summary>Called by the supervisor under its lock, so that it sees the child either here or not at all.</summary>
    public void Launched(ChildConnection child) => Child = child;

    /// <summary>Stops the child and waits until it is gone. It never fails, and may be called any number of times.</summary>
    public async Task StopAsync()
    {
        try
        {
            if (Child is { } child)
                await child.DisposeAsync();
        }
        catch (Exception exception)
        {
            Log.StopFailed(_log, exception, _server.Name);
        }
        finally
        {
            EndStart();
            _processSlot?.Dispose();
            _gone.TrySetResult();
        }
    }

    public ValueTask OnMessageAsync(JsonRpcMessage message, ChildConnection child)
    {
        // Whoever its clients are: they may have no stream to be asked on, and a child that hears nothing ends itself.
        if (message.Envelope is { IsRequest: true, Method: McpMethod.Ping })
        {
            using (message)
                child.TrySend(JsonRpcMessage.CreateResult(message.Envelope.Id, "{}"u8));
            return default;
        }

        _supervisor.Tasks.Watch(message);
        return _supervisor.Observer.OnMessageAsync(message, child);
    }

    public TimeSpan OnLosing(string reason)
    {
        _supervisor.OnLosing(this);
        return _supervisor.InitializeResult is null
            ? _supervisor.Backoff.StartFailed(reason)
            : _supervisor.Backoff.Lost(reason, Lived(_context.Time.GetTimestamp()));
    }

    public void OnLost(JsonRpcError error) => _ = EndAfterLossAsync(error);

    private async Task<ChildConnection> StartAsync(Task previous, Handshake? handshake)
    {
        try
        {
            await ReserveAsync(previous);
            var child = await LaunchAsync();
            if (!_supervisor.TryKeep(this, child))
                throw new ChildStartException(StartErrors.Stopped);
            if (handshake is not null)
                await InitializeAsync(child, handshake);
            IsReady = true;
            return child;
        }
        catch (Exception exception)
        {
            await FailAsync(exception);
            throw;
        }
    }

    private async Task ReserveAsync(Task previous)
    {
        await previous; // the child before may still have the slot
        if (_supervisor.Backoff.Check() is { } wait)
            throw new ChildStartException(wait);
        _processSlot = _supervisor.TryTakeSlot() ?? throw new ChildStartException(Refusal.TooManyProcesses(_server.Name).Error);
        await _processSlot.Vacated.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<ChildConnection> LaunchAsync()
    {
        // A warm child was started without a user's environment. It has a slot of its own, so the reserved one is released.
        if (_supervisor.User is null && _context.Warm.TryTake(_server) is { } warm)
        {
            _processSlot!.Dispose();
            _processSlot = warm.Slot;
            return _context.Starter.Connect(_server, warm.Process, this, _supervisor.Calls);
        }

        _startSlot = await _context.Gate.EnterAsync(_server)
            ?? throw new ChildStartException(StartErrors.TooManyStarts(_server.Name));
        return _context.Starter.Start(_server, this, _supervisor.Calls, _supervisor.User);
    }

    private async Task InitializeAsync(ChildConnection child, Handshake handshake)
    {
        var result = await handshake.PerformAsync(child, _server.Config.StartTimeout, _context.Time);
        EndStart();
        _supervisor.Backoff.StartSucceeded();
        if (_supervisor.InitializeResult is not { } first)
        {
            _supervisor.InitializeResult = result;
            return;
        }

        if (!InitializeAnswer.IsSameServer(first, result))
            throw new ChildStartException(Refusal.SessionNotFound.Error) { IsFinal = true };
        await _supervisor.Observer.RestoreAsync(child);
        Log.Revived(_log, _server.Name);
    }

    private async Task FailAsync(Exception exception)
    {
        _supervisor.OnStartFailed(this); // first: the next message must not wait for a start that has failed
        var wasLost = Child is { IsLost: true }; // then OnLosing has recorded it
        await StopAsync();
        Report(exception, wasLost);
        _supervisor.Observer.OnLost(
            StartErrors.Explain(exception, _server),
            isFinal: _supervisor.InitializeResult is null || exception is ChildStartException { IsFinal: true });
    }

    private void Report(Exception exception, bool isRecorded)
    {
        // A start that was not attempted, or that was stopped, says nothing about the server.
        if (_supervisor.IsClosed || exception is ChildStartException { IsFailure: false })
            return;
        if (!isRecorded)
            _supervisor.Backoff.StartFailed(exception.Message);
        if (exception is ChildLaunchException or ChildStartException)
            Log.CannotStart(_log, _server.Name, exception.Message);
        else
            Log.StartFailed(_log, exception, _server.Name);
    }

    // Nobody awaits it, so it must not throw.
    private async Task EndAfterLossAsync(JsonRpcError error)
    {
        await ((Task)Ready).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!Ready.IsCompletedSuccessfully)
            return; // lost during its start, which fails because of that, and does all of the following
        try
        {
            _supervisor.Observer.OnLost(error, isFinal: _supervisor.InitializeResult is null);
        }
        catch (Exception exception)
        {
            Log.LossNotHandled(_log, exception, _server.Name);
        }

        await StopAsync();
    }
}
