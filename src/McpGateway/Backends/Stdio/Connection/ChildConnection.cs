using McpGateway.Backends.Stdio.Launching;
using McpGateway.JsonRpc;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;

namespace McpGateway.Backends.Stdio.Connection;

/// <summary>
/// One running child and its pipes: gives each request an id of its own, brings the answer to the call that asked, and
/// everything else to the one listener. It owns the process from start to end.
/// </summary>
internal sealed partial class ChildConnection : IServerConnection, IAsyncDisposable
{
    // A child's last answers may still lie in its pipe when it has exited; a grandchild may hold the pipe open for ever.
    private static readonly TimeSpan DrainAfterExit = TimeSpan.FromSeconds(1);

    private readonly IChildProcess _process;
    private readonly IConnectionObserver _listener;
    private readonly ServerState _server;
    private readonly ChildContext _context;
    private readonly ILogger _log;
    private readonly MessageQueue _toChild;
    private readonly ChildErrorOutput _errorOutput;
    private readonly Task _running;
    private readonly Lock _stopLock = new();
    private readonly TaskCompletionSource<string> _condemned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChildFailure? _failure;
    private Task? _stopping;

    public ChildConnection(
        IChildProcess process, IConnectionObserver listener, ServerState server, CallRegistry calls, ChildContext context, UserEnvironment? user = null)
    {
        Calls = new ConnectionCalls(calls, this);
        _process = process;
        _listener = listener;
        _server = server;
        _context = context;
        _log = context.Loggers.CreateLogger($"McpGateway.Servers.{server.Name}");
        _toChild = new MessageQueue(QueueLimits.Default, context.Budget);
        _errorOutput = new ChildErrorOutput(
            new SecretRedactor(server.Stdio, user), line => Log.ErrorOutput(_log, server.Name, process.Id, line));
        Log.Started(_log, server.Name, process.Id);
        context.Metrics.ChildStarted(server.Name);
        _running = Task.Run(RunAsync);
    }

    public int ProcessId => _process.Id;

    /// <summary>What it was asked and has not answered.</summary>
    public ConnectionCalls Calls { get; }

    /// <summary>Whether it is gone, or about to be stopped: from then on its calls fail.</summary>
    public bool IsLost => Volatile.Read(ref _failure) is not null;

    /// <summary>Sends a request under an id of the child's own; waits while the child's queue is full.</summary>
    /// <param name="request">Owned by the connection from here on.</param>
    /// <param name="call">Ends with the answer, or with the failure; not sent when it has ended before.</param>
    public async ValueTask CallAsync(JsonRpcMessage request, PendingCall call)
    {
        _context.Metrics.CallRelayed(_server.Name);
        while (Calls.TrySend(call, request))
        {
            request.ReplaceId(call.ServerId);
            if (call.HidesProgressToken && !request.Envelope.ProgressToken.IsNone)
                request.ReplaceProgressToken(call.ServerId);
            switch (_toChild.TryEnqueue(request))
            {
                case Enqueued.Yes when Volatile.Read(ref _failure) is { } late: // it came between the two steps above
                    await call.FailAsync(late.ToError());
                    return;
                case Enqueued.Yes:
                    if (call.Outcome is CallOutcome.Cancelled or CallOutcome.TimedOut) // so did the call's end
                        TryTakeBack(call);
                    return;
                case Enqueued.Closed:
                    request.Dispose();
                    await call.FailAsync((Volatile.Read(ref _failure) ?? Failure("no longer reads its standard input", null)).ToError());
                    return;
            }

            if (!await WaitForRoomAsync(call))
                break;
        }

        request.Dispose(); // nobody waits for the answer any more
    }

    /// <summary>Whether somebody waits for an answer of its, or something sent to it is still on the way.</summary>
    public bool IsBusy => _toChild.Bytes > 0 || Calls.AnyAwaited;

    /// <summary>Sends a notification or an answer; waits while the child's queue is full, as long as a request may take.</summary>
    /// <param name="message">Owned by the connection from here on.</param>
    /// <param name="cancellationToken">The message is dropped when it fires first.</param>
    public async ValueTask SendAsync(JsonRpcMessage message, CancellationToken cancellationToken)
    {
        if (_toChild.TryEnqueue(message) is Enqueued.Yes)
            return;
        using var timeout = new CancellationTokenSource(_server.Config.RequestTimeout, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            if (!await _toChild.EnqueueAsync(message, either.Token))
                Drop(message, "child-gone");
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            Drop(message, "child-queue-full");
        }
    }

    /// <summary>Sends a message if there is room for it now.</summary>
    /// <param name="message">Owned by the connection from here on.</param>
    public void TrySend(JsonRpcMessage message)
    {
        if (_toChild.TryEnqueue(message) is not Enqueued.Yes)
            Drop(message, "child-queue-full");
    }

    /// <summary>Ends a child that has gone beyond what it may: its calls fail at once, and it is killed.</summary>
    /// <param name="reason">The end of the sentence "The server 'x' …".</param>
    public void Kill(string reason) => _condemned.TrySetResult(reason);

    /// <summary>Bytes of memory that it and its descendants take; null when that cannot be told.</summary>
    public long? ReadMemory() => _process.ReadMemory();

    public void Cancel(PendingCall call, JsonRpcMessage? notification, string reason)
    {
        if (!TryTakeBack(call) && call.IsCancellable && !IsLost)
            TrySend(CancelledNotification.For(call.ServerId, notification, reason));
        else
            notification?.Dispose();
    }

    /// <summary>Ends the child in order and waits until it is gone. Pending calls are failed.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_stopLock)
            _stopping ??= StopAsync();
        return new ValueTask(_stopping);
    }

    private bool TryTakeBack(PendingCall call)
    {
        if (call.SentMessage is not { } request || !_toChild.TryTakeBack(request))
            return false;
        request.Dispose();
        call.TryEnd(CallOutcome.NotSent);
        return true;
    }

    // Meanwhile the call is queued again: the child cannot know of it.
    private async ValueTask<bool> WaitForRoomAsync(PendingCall call)
    {
        if (!Calls.TryRequeue(call))
        {
            call.TryEnd(CallOutcome.NotSent);
            return false;
        }

        var withdrawn = call.Withdrawn;
        try
        {
            await _toChild.WaitForRoomAsync(withdrawn);
            return true;
        }
        catch (OperationCanceledException) when (withdrawn.IsCancellationRequested)
        {
            return false;
        }
    }

    private ChildFailure Failure(string reason, ChildExit? exit) => new(_server.Name, reason, exit, _errorOutput.LastLines);

    private void Drop(JsonRpcMessage message, string reason) => _context.Metrics.Drop(_server.Name, message, reason);
}
