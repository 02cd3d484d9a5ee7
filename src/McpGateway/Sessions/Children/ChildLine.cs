using McpGateway.JsonRpc;
using McpGateway.Servers;
using McpGateway.Servers.Launching;

namespace McpGateway.Sessions.Children;

/// <summary>The line to one child: started with the first message, the same for everyone who sends over it, closed once.</summary>
internal sealed partial class ChildLine
{
    private readonly ServerState _server;
    private readonly IChildListener _listener;
    private readonly RelayContext _context;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private Task<ChildConnection>? _starting;
    private ChildConnection? _child;
    private bool _closed;

    /// <param name="server">One of its places for a process was reserved for this line.</param>
    /// <param name="listener">Receives what the child says of its own accord.</param>
    /// <param name="context">The gateway's parts.</param>
    public ChildLine(ServerState server, IChildListener listener, RelayContext context)
    {
        _server = server;
        _listener = listener;
        _context = context;
        _log = context.Loggers.CreateLogger<ChildLine>();
    }

    /// <summary>The child, from its start on.</summary>
    public ChildConnection? Child => Volatile.Read(ref _child);

    /// <summary>The child's initialize result, as JSON, when the gateway did the handshake.</summary>
    public byte[]? InitializeResult { get; private set; }

    /// <summary>Starts the child, unless it was started before.</summary>
    /// <param name="handshake">What the gateway does before the first message; null when the client does it.</param>
    /// <returns>Null when the child is there, else what to answer.</returns>
    public async Task<JsonRpcError?> TryConnectAsync(Handshake? handshake)
    {
        try
        {
            await ConnectAsync(handshake);
            return null;
        }
        catch (Exception exception)
        {
            return Explain(exception); // the start has logged it
        }
    }

    /// <summary>Sends a call. It never fails: a call that cannot be sent is answered with an error.</summary>
    /// <returns>False when the child never sees it.</returns>
    public async ValueTask<bool> CallAsync(JsonRpcMessage request, ClientCall call, Handshake? handshake)
    {
        // While it waits for the child to start, or for room, no queue counts it.
        var waiting = request.WrittenLength;
        _context.Budget.Add(waiting);
        try
        {
            var child = await ConnectAsync(handshake);
            return await child.CallAsync(request, call);
        }
        catch (Exception exception)
        {
            request.Dispose();
            if (exception is not (ChildLaunchException or HandshakeException))
                Log.SendFailed(_log, exception, _server.Name);
            await call.FailAsync(Explain(exception));
            return false;
        }
        finally
        {
            _context.Budget.Remove(waiting);
        }
    }

    /// <summary>Sends a notification or an answer; dropped when the child cannot be started.</summary>
    public async ValueTask SendAsync(JsonRpcMessage message, Handshake? handshake, CancellationToken cancellationToken)
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

    /// <summary>Sends a message if the child is there and has room for it now.</summary>
    public void TrySend(JsonRpcMessage message)
    {
        if (Child is { } child)
            child.TrySend(message);
        else
            message.Dispose();
    }

    /// <summary>Answers a request of the child's with an error.</summary>
    /// <param name="request">Disposed of.</param>
    /// <param name="error">The answer.</param>
    public void Refuse(JsonRpcMessage request, JsonRpcError error)
    {
        using (request)
            TrySend(JsonRpcMessage.CreateError(request.Envelope.Id, error));
    }

    /// <summary>Stops the child, whether it runs, is being started or never was.</summary>
    public async Task CloseAsync()
    {
        Task? starting;
        lock (_lock)
        {
            _closed = true;
            starting = _starting;
        }

        if (starting is null)
            _server.ReleaseProcess();
        else if (Child is { } child)
            await child.DisposeAsync();
        else
            await starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // it stops what it has started
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Server} cannot be started: {Reason}", EventName = "ChildCannotStart")]
        public static partial void CannotStart(ILogger log, string server, string reason);

        [LoggerMessage(2, LogLevel.Error, "A message to {Server} could not be sent", EventName = "SendFailed")]
        public static partial void SendFailed(ILogger log, Exception exception, string server);

        [LoggerMessage(3, LogLevel.Error, "{Server} cannot be started", EventName = "ChildStartFailed")]
        public static partial void StartFailed(ILogger log, Exception exception, string server);
    }
}
