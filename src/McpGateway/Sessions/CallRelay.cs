using System.Text.Json.Nodes;
using McpGateway.JsonRpc;
using McpGateway.Servers;
using McpGateway.Servers.Launching;

namespace McpGateway.Sessions;

/// <summary>
/// One child as its callers use it: started with the first message, its calls in flight, their time-outs, its end. What
/// a session of its own and the callers without one have in common.
/// </summary>
internal sealed partial class CallRelay
{
    private readonly ServerState _server;
    private readonly IChildListener _listener;
    private readonly RelayContext _context;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private Task<ChildConnection>? _starting;
    private ChildConnection? _child;
    private bool _ended;

    /// <param name="server">One of its places for a process was reserved for this relay.</param>
    /// <param name="listener">Receives what the child says of its own accord.</param>
    /// <param name="context">The gateway's parts.</param>
    public CallRelay(ServerState server, IChildListener listener, RelayContext context)
    {
        _server = server;
        _listener = listener;
        _context = context;
        _log = context.Loggers.CreateLogger<CallRelay>();
        Calls = new CallTable(server.Name, context.Time, context.Metrics);
    }

    public CallTable Calls { get; }

    /// <summary>The child's initialize result, when the gateway did the handshake.</summary>
    public byte[]? InitializeResult { get; private set; }

    /// <summary>Sends a call that is in the table. It never fails: a call that cannot be sent is answered with an error.</summary>
    public async ValueTask SendAsync(JsonRpcMessage request, ClientCall call, bool handshake)
    {
        // While it waits for the child to start, or for room, no queue counts it.
        var waiting = request.WrittenLength;
        _context.Budget.Add(waiting);
        try
        {
            var child = await ConnectAsync(handshake);
            await child.CallAsync(request, call);
        }
        catch (Exception exception)
        {
            request.Dispose();
            if (exception is not (ChildLaunchException or HandshakeException))
                Log.SendFailed(_log, exception, _server.Name);
            await call.OnFailedAsync(Explain(exception));
        }
        finally
        {
            _context.Budget.Remove(waiting);
        }
    }

    /// <summary>Sends a notification or an answer; dropped when the child cannot be started.</summary>
    public async ValueTask SendAsync(JsonRpcMessage message, bool handshake, CancellationToken cancellationToken)
    {
        var waiting = message.WrittenLength;
        _context.Budget.Add(waiting);
        try
        {
            if (await TryConnectAsync(handshake) is null)
                await _child!.SendAsync(message, cancellationToken);
            else
                message.Dispose(); // whoever started the child was told why
        }
        finally
        {
            _context.Budget.Remove(waiting);
        }
    }

    /// <summary>Answers a request of the child's.</summary>
    public void Answer(JsonRpcMessage answer)
    {
        if (Volatile.Read(ref _child) is { } child)
            child.TrySend(answer);
        else
            answer.Dispose();
    }

    /// <summary>Tells the child that a call, which was taken out of the table, is no longer wanted. Not so for initialize, which cannot be cancelled.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellation">The client's own notification; null to write one.</param>
    /// <param name="reason">For the child's log, when there is no notification.</param>
    public void Cancel(ClientCall call, JsonRpcMessage? cancellation, string reason)
    {
        call.Abandon();
        if (Volatile.Read(ref _child) is not { } child || !child.Forget(call) || call.IsInitialize)
        {
            cancellation?.Dispose(); // it was not sent yet, or its answer is on the way
            return;
        }

        cancellation ??= Cancellation(call.ChildId, reason);
        if (!cancellation.Envelope.CancelledIdRange.IsEmpty)
            cancellation.ReplaceId(call.ChildId);
        child.TrySend(cancellation);
    }

    /// <summary>Fails the calls whose time is over, and reminds their streams of the silence.</summary>
    /// <param name="now">A timestamp of the context's clock.</param>
    /// <param name="paused">True while the client has to answer something that belongs to no single call.</param>
    public async ValueTask TickAsync(long now, bool paused)
    {
        List<Task>? answering = null;
        foreach (var call in Calls.Snapshot())
        {
            call.Replies.Tick(now);
            if (Expiry(call, now, paused || call.WaitsForClient) is not { } reason || !Calls.Remove(call))
                continue;
            Cancel(call, null, reason);
            var error = new ChildFailure(_server.Name, $"did not answer {call.Method}: {reason}", null, []).ToError();
            (answering ??= []).Add(call.EndAsync(JsonRpcMessage.CreateError(call.ClientId, error)).AsTask());
        }

        if (answering is not null)
            await Task.WhenAll(answering); // each may wait for a client that does not read
    }

    /// <summary>Cancels the calls whose answers were to go to this stream: nobody waits for them any more.</summary>
    public void CancelFor(MessageStream replies)
    {
        foreach (var call in Calls.Snapshot())
        {
            if (ReferenceEquals(call.Replies, replies) && Calls.Remove(call))
                Cancel(call, null, "the client has gone");
        }
    }

    /// <summary>Stops the child; the calls that are left are answered with the error.</summary>
    public async Task EndAsync(JsonRpcError error)
    {
        Task? starting;
        lock (_lock)
        {
            _ended = true;
            starting = _starting;
        }

        await Task.WhenAll(Calls.Snapshot().Select(call =>
        {
            call.Abandon();
            return call.OnFailedAsync(error).AsTask();
        }));
        if (starting is null)
            _server.ReleaseProcess();
        else if (Volatile.Read(ref _child) is { } child)
            await child.DisposeAsync();
        else
            await starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // it stops what it has started
    }

    private string? Expiry(ClientCall call, long now, bool paused)
    {
        var config = _server.Config;
        var limit = call.IsInitialize ? config.StartTimeout : config.RequestTimeout;
        if (!paused && _context.Time.GetElapsedTime(call.ActiveAt, now) >= limit)
            return $"no answer or progress within {limit} ({(call.IsInitialize ? "startTimeout" : "requestTimeout")})";
        return _context.Time.GetElapsedTime(call.StartedAt, now) >= config.RequestMaximum
            ? $"no answer within {config.RequestMaximum} (requestMaximum)"
            : null;
    }

    private static JsonRpcMessage Cancellation(long childId, string reason) => JsonRpcMessage.Create(
        System.Text.Encoding.UTF8.GetBytes(new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["method"] = McpMethod.Cancelled,
            ["params"] = new JsonObject { ["requestId"] = childId, ["reason"] = reason },
        }.ToJsonString()));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Server} cannot be started: {Reason}", EventName = "ChildCannotStart")]
        public static partial void CannotStart(ILogger log, string server, string reason);

        [LoggerMessage(3, LogLevel.Error, "{Server} cannot be started", EventName = "ChildStartFailed")]
        public static partial void StartFailed(ILogger log, Exception exception, string server);

        [LoggerMessage(2, LogLevel.Error, "A message to {Server} could not be sent", EventName = "SendFailed")]
        public static partial void SendFailed(ILogger log, Exception exception, string server);
    }
}
