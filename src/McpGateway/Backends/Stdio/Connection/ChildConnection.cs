using McpGateway.Backends.Stdio.Launching;
using McpGateway.JsonRpc;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;

namespace McpGateway.Backends.Stdio.Connection;

/// <summary>
/// The connection to one running child. It gives each request an id, brings each answer to its call, and passes everything else
/// to the observer. It owns the process from start to end.
/// </summary>
internal sealed partial class ChildConnection : IServerConnection, IAsyncDisposable
{
    private readonly IChildProcess _process;
    private readonly IConnectionObserver _observer;
    private readonly ServerState _server;
    private readonly ChildContext _context;
    private readonly MessageQueue _toChild;
    private readonly ChildLifetime _lifetime;

    public ChildConnection(
        IChildProcess process, IConnectionObserver observer, ServerState server, CallRegistry calls, ChildContext context,
        UserEnvironment? user = null)
    {
        Calls = new ConnectionCalls(calls, this);
        _process = process;
        _observer = observer;
        _server = server;
        _context = context;
        _toChild = new MessageQueue(QueueLimits.Default, context.Budget);
        var log = ServerLog.Create(context.Loggers, server.Name);
        var errorOutput = new ChildErrorOutput(
            new SecretRedactor(server.Stdio, user), text => Log.ErrorOutput(log, server.Name, process.Id, text));
        var output = new ChildOutputReader(this, server.Name, context.Metrics, log, context.MaxMessageBytes);
        var streams = new ChildStreams(process, _toChild, output, errorOutput, server.Name, context.Time, log);
        _lifetime = new ChildLifetime(process, streams, _toChild, errorOutput, server.Name, context.Metrics, log);
        _lifetime.Start(observer, FailCallsAsync);
    }

    public int ProcessId => _process.Id;

    /// <summary>The calls that it has not answered.</summary>
    public ConnectionCalls Calls { get; }

    /// <summary>Whether it is gone, unusable or being stopped: from then on its calls fail.</summary>
    public bool IsLost => _lifetime.Failure is not null;

    /// <summary>Sends a request under an id of the child's own; waits while the child's queue is full.</summary>
    /// <param name="request">Owned by the connection from here on.</param>
    /// <param name="call">Ends with the answer, or with the failure; not sent when it has ended before.</param>
    public async ValueTask CallAsync(JsonRpcMessage request, PendingCall call)
    {
        _context.Metrics.CallRelayed(_server.Name);
        while (Calls.TrySend(call, request))
        {
            request.ReplaceId(call.ServerId);
            if (call.HidesProgressToken)
                ProgressTokens.Replace(request, call.ServerId);
            switch (_toChild.TryEnqueue(request))
            {
                case Enqueued.Yes when _lifetime.Failure is { } late: // it came between the two steps above
                    await call.FailAsync(late.ToError());
                    return;
                case Enqueued.Yes:
                    if (call.Outcome is CallOutcome.Cancelled or CallOutcome.TimedOut) // so may the call's end
                        TryTakeBack(call);
                    return;
                case Enqueued.Closed:
                    request.Dispose();
                    var failure = _lifetime.Failure ?? _lifetime.Describe("no longer reads its standard input");
                    await call.FailAsync(failure.ToError());
                    return;
            }

            if (!await WaitForRoomAsync(call))
                break;
        }

        request.Dispose(); // the call has ended: nobody waits for the answer
    }

    /// <summary>Whether a call waits for its answer, or a message waits to be written.</summary>
    public bool IsBusy => _toChild.Bytes > 0 || Calls.AnyAwaited;

    /// <summary>Sends a notification or an answer; waits while the queue is full, as long as a request may take.</summary>
    /// <param name="message">Owned by the connection from here on.</param>
    /// <param name="cancellationToken">The message is dropped when it fires first.</param>
    public async ValueTask SendAsync(JsonRpcMessage message, CancellationToken cancellationToken)
    {
        if (_toChild.TryEnqueue(message) is Enqueued.Yes)
            return; // the usual case, without the cost of a time-out
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

    /// <summary>Ends a child that has exceeded a limit: its calls fail at once, and it is killed.</summary>
    /// <param name="reason">The end of the sentence "The server 'x' …".</param>
    public void Kill(string reason) => _lifetime.Kill(reason);

    /// <summary>Bytes of memory that it and its descendants use; null where that is unknown.</summary>
    public long? ReadMemory() => _process.ReadMemory();

    public void Cancel(PendingCall call, JsonRpcMessage? notification, string reason)
    {
        if (!TryTakeBack(call) && call.IsCancellable && !IsLost) // what the child has not read, it need not be told
            TrySend(CancelledNotification.For(call.ServerId, notification, reason));
        else
            notification?.Dispose();
    }

    /// <summary>Stops the child in an orderly way and waits until it is gone. Pending calls are failed.</summary>
    public ValueTask DisposeAsync() => new(_lifetime.StopAsync());

    /// <summary>The child sent a message.</summary>
    /// <param name="message">Owned by the connection from here on.</param>
    public ValueTask ReceiveAsync(JsonRpcMessage message)
    {
        if (!message.Envelope.IsAnswer)
            return _observer.OnMessageAsync(message, this);
        if (Calls.Find(message.Envelope.Id) is { } call)
            return call.TakeAnswerAsync(message);

        // No call waits under this id. Never broadcast: it may be the answer to somebody else's call, or a forged one.
        Drop(message, "unknown-id");
        return default;
    }

    /// <summary>The child sent an answer that cannot be relayed.</summary>
    /// <param name="id">The call's, as the child sees it.</param>
    /// <param name="reason">The end of the sentence "The server 'x' …".</param>
    /// <returns>False when no call waits under this id.</returns>
    public async ValueTask<bool> TryFailAsync(JsonRpcId id, string reason)
    {
        if (Calls.Find(id) is not { } call)
            return false;
        await call.FailAsync(_lifetime.Describe(reason).ToError());
        return true;
    }

    private bool TryTakeBack(PendingCall call)
    {
        if (call.SentMessage is not { } request || !_toChild.TryTakeBack(request))
            return false;
        request.Dispose();
        call.TryEnd(CallOutcome.NotSent); // otherwise a shared child would be taken to owe an answer
        return true;
    }

    // While it waits, the call counts as queued: the child has not seen it.
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

    // All at once, because each may wait for a client that does not read.
    private Task FailCallsAsync(ChildFailure failure) =>
        Task.WhenAll(Calls.Snapshot().Select(call => call.FailAsync(failure.ToError()).AsTask()));

    private void Drop(JsonRpcMessage message, string reason) => _context.Metrics.Drop(_server.Name, message, reason);

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Information, "{Server}[{Pid}] stderr: {Line}", EventName = "ChildErrorOutput")]
        public static partial void ErrorOutput(ILogger log, string server, int pid, string line);
    }
}
