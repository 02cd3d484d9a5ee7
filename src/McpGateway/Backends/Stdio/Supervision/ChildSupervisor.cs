using McpGateway.Backends.Stdio.Connection;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>
/// Keeps one child running at a time: the first message starts it, and after it was lost or has hibernated the next message
/// starts another. Closed once, with the last session that uses it.
/// </summary>
internal sealed partial class ChildSupervisor
{
    private readonly SupervisionContext _context;
    private readonly ILogger _log;
    private readonly MemoryLimit _memory;
    private readonly Hibernation _hibernation;
    private readonly Lock _lock = new();
    private ProcessSlot? _firstSlot;
    private ChildRun? _current;

    // Completes when all children before the current one are gone. Guarded by the lock, as the current one is.
    private Task _retiring = Task.CompletedTask;
    private bool _closed;

    /// <param name="slot">Reserved for the first child. Those after it reserve their own.</param>
    /// <param name="observer">Receives the children's messages, and is told when they are lost.</param>
    /// <param name="calls">Where calls to the children are recorded.</param>
    /// <param name="context">The gateway's parts.</param>
    /// <param name="user">The user's part of the children's environment; null when there is none.</param>
    public ChildSupervisor(
        ProcessSlot slot, IChildObserver observer, CallRegistry calls, SupervisionContext context, UserEnvironment? user = null)
    {
        _firstSlot = slot;
        _context = context;
        _log = context.Loggers.CreateLogger<ChildSupervisor>();
        Server = slot.Server;
        Observer = observer;
        Calls = calls;
        User = user;
        Activity = new ChildActivity(context.Time, context.Budget);
        Tasks = new RunningTasks(context.Time);
        Backoff = new RestartBackoff(Server, context.Time, _log);
        Sender = new ChildSender(this, context);
        _memory = new MemoryLimit(Server, context.Time);
        _hibernation = new Hibernation(Server, Activity, Tasks, context.Time);
        context.Slots.Add(this);
    }

    public StdioServerState Server { get; }

    public IChildObserver Observer { get; }

    public CallRegistry Calls { get; }

    public UserEnvironment? User { get; }

    public ChildActivity Activity { get; }

    public RunningTasks Tasks { get; }

    public RestartBackoff Backoff { get; }

    /// <summary>Sends messages to the child, which is started for them.</summary>
    public ChildSender Sender { get; }

    /// <summary>The child, from its launch on; null while there is none.</summary>
    public ChildConnection? Child => Volatile.Read(ref _current)?.Child;

    /// <summary>The first child's initialize result, as JSON; null before its handshake.</summary>
    public byte[]? InitializeResult { get; set; }

    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>Whether one of the server's process slots is reserved for it, or in use.</summary>
    public bool HoldsSlot
    {
        get
        {
            lock (_lock)
                return _firstSlot is not null || _current is not null;
        }
    }

    /// <summary>Starts the child, unless it was started before.</summary>
    /// <param name="handshake">What the gateway does before the first message; null when the client does it.</param>
    /// <exception cref="ChildStartException">It was not started, or did not do the handshake.</exception>
    /// <exception cref="Launching.ChildLaunchException">It cannot be started.</exception>
    public Task<ChildConnection> ConnectAsync(Handshake? handshake)
    {
        lock (_lock)
        {
            if (_closed)
                return Task.FromException<ChildConnection>(new ChildStartException(StartErrors.Stopped));
            _current ??= new ChildRun(this, _context, _retiring, handshake);
            return _current.Ready;
        }
    }

    /// <inheritdoc cref="ConnectAsync"/>
    /// <returns>Null when the child is ready, otherwise the error to answer with.</returns>
    public async Task<JsonRpcError?> TryConnectAsync(Handshake? handshake)
    {
        try
        {
            await ConnectAsync(handshake);
            return null;
        }
        catch (Exception exception)
        {
            return StartErrors.Explain(exception, Server); // the start has logged it
        }
    }

    /// <summary>The client has done the handshake itself.</summary>
    /// <param name="result">The child's initialize result, as JSON.</param>
    public void Confirm(byte[] result)
    {
        InitializeResult ??= result;
        Volatile.Read(ref _current)?.EndStart();
        Backoff.StartSucceeded();
    }

    /// <summary>The monitor's visit.</summary>
    /// <param name="now">A timestamp of the context's clock.</param>
    public void Tick(long now)
    {
        if (Child is { IsBusy: true })
            Activity.Touch(now); // it is idle from its last answer on
        else if (_hibernation.IsDue(now))
            TryHibernate();
        if (Volatile.Read(ref _current) is { IsReady: true } current)
            Backoff.OnAlive(current.Lived(now));
        if (Child is { } child)
            _memory.CheckMemory(child, now);
    }

    /// <summary>Stops the child if nobody waits for it. The next message starts another.</summary>
    /// <returns>Completes when its process is gone; null when it must keep running.</returns>
    public Task? TryHibernate()
    {
        // Under the lock, which ConnectAsync takes too: no sender can get a child that is being stopped.
        lock (_lock)
        {
            if (_closed || InitializeResult is null || _current is not { } idle || !_hibernation.Allows(idle))
                return null;
            _current = null;
            Log.Hibernates(_log, Server.Name);
            AwaitBeforeNextStart(HibernateAsync(idle));
            return _retiring;
        }
    }

    /// <summary>Stops the child, if there is one, and waits until it is gone. No other is started.</summary>
    public async Task CloseAsync()
    {
        ChildRun? starting = null;
        lock (_lock)
        {
            _closed = true; // from here on TryKeep refuses a child that is being started
            // Decided under the lock: after it, the start may get its child, and who then took it for one that was running would
            // await neither its stop nor its start.
            if (_current is { Child: null })
                starting = _current;
            else if (_current is { } running)
                AwaitBeforeNextStart(running.StopAsync());
        }

        _context.Slots.Remove(this);
        if (starting is not null)
            await ((Task)starting.Ready).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the start stops its own child
        Interlocked.Exchange(ref _firstSlot, null)?.Dispose();
        await _retiring;
    }

    /// <summary>The slot for the next child: the one reserved for the first, then one of its own.</summary>
    public ProcessSlot? TryTakeSlot() => Interlocked.Exchange(ref _firstSlot, null) ?? _context.Slots.TryReserve(Server);

    /// <summary>A child was launched.</summary>
    /// <returns>
    /// False when the supervisor was closed in the meantime. The start, which alone knows the child, must then stop it.
    /// </returns>
    public bool TryKeep(ChildRun run, ChildConnection child)
    {
        lock (_lock)
        {
            run.Launched(child);
            return !_closed;
        }
    }

    /// <summary>A start failed. The next one waits until nothing is left of it.</summary>
    public void OnStartFailed(ChildRun run)
    {
        lock (_lock)
            Retire(run);
    }

    /// <summary>A child is gone or unusable. The next one waits until nothing is left of it.</summary>
    public void OnLosing(ChildRun run)
    {
        lock (_lock)
        {
            Retire(run);
            Tasks.Clear();
            // Messages that still wait for a child must not start another.
            _closed |= Server.Config.OnExit is OnExit.Terminate;
        }
    }

    private void Retire(ChildRun run)
    {
        if (_current == run)
            _current = null;
        AwaitBeforeNextStart(run.Gone);
    }

    private void AwaitBeforeNextStart(Task gone) => _retiring = _retiring.IsCompleted ? gone : Task.WhenAll(_retiring, gone);

    // The next start awaits it, so it must not throw.
    private async Task HibernateAsync(ChildRun idle)
    {
        try
        {
            await idle.StopAsync();
            Observer.OnHibernated();
        }
        catch (Exception exception)
        {
            Log.HibernationFailed(_log, exception, Server.Name);
        }
    }
}
