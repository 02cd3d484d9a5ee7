using System.Collections.Concurrent;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.JsonRpc;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;

namespace McpGateway.Backends.Stdio.Connection;

/// <summary>
/// One running child: gives each request an id of its own, brings each answer to its call, and everything else to the one
/// observer. It owns the process from start to end.
/// </summary>
internal sealed partial class ChildConnection : IAsyncDisposable
{
    private readonly IChildProcess _process;
    private readonly IConnectionObserver _observer;
    private readonly ServerState _server;
    private readonly ChildContext _context;
    private readonly ILogger _log;
    private readonly MessageQueue _toChild;
    private readonly ChildErrorOutput _errorOutput;
    private readonly ChildStreams _streams;
    private readonly ConcurrentDictionary<long, PendingCall> _pending = new();
    private readonly Task _running;
    private readonly Lock _stopLock = new();
    private readonly TaskCompletionSource<string> _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChildFailure? _failure;
    private Task? _stopping;
    private long _lastId;

    public ChildConnection(
        IChildProcess process, IConnectionObserver observer, ServerState server, ChildContext context, UserEnvironment? user = null)
    {
        _process = process;
        _observer = observer;
        _server = server;
        _context = context;
        _log = ServerLog.Create(context.Loggers, server.Name);
        _toChild = new MessageQueue(QueueLimits.Default, context.Budget);
        _errorOutput = new ChildErrorOutput(
            new SecretRedactor(server.Stdio, user), line => Log.ErrorOutput(_log, server.Name, process.Id, line));
        var output = new ChildOutputReader(this, server.Name, context.Metrics, _log, context.MaxMessageBytes);
        _streams = new ChildStreams(process, _toChild, output, _errorOutput, server.Name, context.Time, _log);
        Log.Started(_log, server.Name, process.Id);
        context.Metrics.ChildStarted(server.Name);
        _running = Task.Run(RunAsync);
    }

    public int ProcessId => _process.Id;

    /// <summary>Whether it is gone, unusable or being stopped: from then on its calls fail.</summary>
    public bool IsLost => Volatile.Read(ref _failure) is not null;

    /// <summary>Sends a request under an id of the child's own; waits while the child's queue is full.</summary>
    /// <param name="request">Owned by the connection from here on.</param>
    /// <param name="call">Told of the answer, or of the failure, exactly once.</param>
    /// <returns>False when it was abandoned before it was sent: then it is told of nothing.</returns>
    public async ValueTask<bool> CallAsync(JsonRpcMessage request, PendingCall call)
    {
        var id = Interlocked.Increment(ref _lastId);
        call.ChildId = id;
        request.ReplaceId(id);
        if (call.HidesProgressToken && !request.Envelope.ProgressToken.IsNone)
            request.ReplaceProgressToken(id);
        call.Sent = request;
        _pending[id] = call;
        _context.Metrics.CallRelayed(_server.Name);
        switch (await OfferAsync(request, call))
        {
            case Enqueued.Yes when Volatile.Read(ref _failure) is { } late && Forget(call):
                await call.OnFailedAsync(late.ToError()); // the failure came between the two steps above
                break;
            case Enqueued.Full: // it was abandoned while it waited for room
                request.Dispose();
                return !Forget(call);
            case Enqueued.Closed:
                request.Dispose();
                if (Forget(call))
                    await call.OnFailedAsync((Volatile.Read(ref _failure) ?? Failure("no longer reads its standard input", null)).ToError());
                break;
        }

        return true;
    }

    /// <summary>Whether a call waits for its answer, or a message waits to be written to it.</summary>
    public bool IsBusy => _toChild.Bytes > 0 || _pending.Values.Any(call => call.KeepsAwake);

    /// <summary>Finds the call that waits under this id.</summary>
    public PendingCall? Find(long id) => _pending.GetValueOrDefault(id);

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

    /// <summary>The call no longer waits: an answer that still comes is dropped.</summary>
    /// <returns>Whether it was waiting.</returns>
    public bool Forget(PendingCall call) => _pending.TryRemove(new(call.ChildId, call));

    /// <summary>Ends a child that has exceeded a limit: its calls fail at once, and it is killed.</summary>
    /// <param name="reason">The end of the sentence "The server 'x' …".</param>
    public void Kill(string reason) => _killed.TrySetResult(reason);

    /// <summary>Bytes of memory that it and its descendants take; null where that is unknown.</summary>
    public long? ReadMemory() => _process.ReadMemory();

    /// <summary>
    /// The call no longer waits, and was not sent yet: what the child does not read is not kept for it longer than anybody
    /// waits for the answer.
    /// </summary>
    /// <returns>False when the child may have read it, or it has ended.</returns>
    public bool TryTakeBack(PendingCall call)
    {
        if (call.Sent is not { } request || !_toChild.TryTakeBack(request))
            return false;
        request.Dispose();
        return Forget(call); // whoever else took it out of the pending ones sees to its end
    }

    /// <summary>Ends the child in order and waits until it is gone. Pending calls are failed.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_stopLock)
            _stopping ??= StopAsync();
        return new ValueTask(_stopping);
    }

    private async ValueTask<Enqueued> OfferAsync(JsonRpcMessage request, PendingCall call)
    {
        // Room alone is no reason to send what was cancelled while the child was being started.
        if (call.IsAbandoned)
            return Enqueued.Full;
        var offered = _toChild.TryEnqueue(request);
        if (offered is not Enqueued.Full)
            return offered;
        var abandoned = call.Abandoned;
        try
        {
            return await _toChild.EnqueueAsync(request, abandoned) ? Enqueued.Yes : Enqueued.Closed;
        }
        catch (OperationCanceledException) when (abandoned.IsCancellationRequested)
        {
            return Enqueued.Full;
        }
    }

    /// <summary>The child sent a message.</summary>
    /// <param name="message">Owned by the connection from here on.</param>
    public ValueTask ReceiveAsync(JsonRpcMessage message)
    {
        if (!message.Envelope.IsAnswer)
            return _observer.OnMessageAsync(message, this);
        if (TryTakeCall(message.Envelope.Id) is { } call)
            return call.OnAnswerAsync(message);

        // No call has this id, or it waits no longer. Never broadcast: it may be another's answer, or a forged one.
        Drop(message, "unknown-id");
        return default;
    }

    /// <summary>The child sent an answer that cannot be relayed.</summary>
    /// <param name="id">The call's, as the child sees it.</param>
    /// <param name="reason">The end of the sentence "The server 'x' …".</param>
    /// <returns>False when no call waits under this id.</returns>
    public async ValueTask<bool> TryFailAsync(JsonRpcId id, string reason)
    {
        if (TryTakeCall(id) is not { } call)
            return false;
        await call.OnFailedAsync(Failure(reason, null).ToError());
        return true;
    }

    private PendingCall? TryTakeCall(JsonRpcId id) =>
        id.TryGetInt64(out var number) && _pending.TryRemove(number, out var call) ? call : null;

    private ChildFailure Failure(string reason, ChildExit? exit) => new(_server.Name, reason, exit, _errorOutput.LastLines);

    private void Drop(JsonRpcMessage message, string reason) => _context.Metrics.Drop(_server.Name, message, reason);
}
