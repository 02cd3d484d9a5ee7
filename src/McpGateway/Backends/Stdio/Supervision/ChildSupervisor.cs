using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Sharing;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>
/// The line to a child: started with the first message, and again with the next one after a child was lost or put to sleep;
/// the same for everyone who sends over it, closed once.
/// </summary>
internal sealed partial class ChildSupervisor
{
    private readonly ServerState _server;
    private readonly IChildObserver _owner;
    private readonly SupervisionContext _context;
    private readonly CallRegistry _calls;
    private readonly UserEnvironment? _user;
    private readonly ILogger _log;
    private readonly RunningTasks _tasks;
    private readonly Lock _lock = new();
    private ChildRun? _current;
    private bool _closed;

    /// <param name="server">Whose child it is.</param>
    /// <param name="places">Gives the places among the server's processes.</param>
    /// <param name="place">The one for the first child.</param>
    /// <param name="owner">Receives what the child says of its own accord.</param>
    /// <param name="calls">Where the calls to the child are recorded.</param>
    /// <param name="context">The gateway's parts.</param>
    /// <param name="user">The user's part of its environment; null when it has none.</param>
    public ChildSupervisor(
        ServerState server, ChildManager places, ProcessSlot place, IChildObserver owner, CallRegistry calls, SupervisionContext context,
        UserEnvironment? user = null)
    {
        _server = server;
        _places = places;
        _place = place;
        _owner = owner;
        _calls = calls;
        _context = context;
        _user = user;
        _log = context.Loggers.CreateLogger<ChildSupervisor>();
        _losses = new Backoff(context.Time);
        _tasks = new RunningTasks(context.Time);
        _usedAt = context.Time.GetTimestamp();
        places.Add(this);
    }

    /// <summary>The child, from its start on; null while there is none.</summary>
    public ChildConnection? Child => Volatile.Read(ref _current)?.Child;

    /// <summary>The first child's initialize result, as JSON; null before it was initialized.</summary>
    public byte[]? InitializeResult { get; private set; }

    /// <summary>Starts the child, unless it is there.</summary>
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
    public async ValueTask CallAsync(JsonRpcMessage request, ClientCall call, Handshake? handshake)
    {
        _tasks.Watch(call);
        var waiting = Enter(request);
        try
        {
            var connecting = ConnectAsync(handshake);
            var child = connecting.IsCompleted ? await connecting : await connecting.WaitAsync(call.Withdrawn);
            await child.CallAsync(request, call);
        }
        catch (OperationCanceledException) when (!call.IsOpen)
        {
            request.Dispose(); // a start may take longer than anybody waits for the answer
        }
        catch (Exception exception)
        {
            request.Dispose();
            if (exception is not (ChildLaunchException or ChildStartException))
                Log.SendFailed(_log, exception, _server.Name);
            await call.FailAsync(Explain(exception));
        }
        finally
        {
            Leave(waiting);
        }
    }

    /// <summary>Sends a notification or an answer; dropped when the child cannot be started.</summary>
    public async ValueTask SendAsync(JsonRpcMessage message, Handshake? handshake, CancellationToken cancellationToken)
    {
        var waiting = Enter(message);
        try
        {
            if (await TryConnectAsync(handshake) is null && Child is { } child)
                await child.SendAsync(message, cancellationToken);
            else
                message.Dispose(); // whoever started the child was told why
        }
        finally
        {
            Leave(waiting);
        }
    }

    /// <summary>Sends a client's answer to the child that asked; to no other, which would know nothing of it.</summary>
    public async ValueTask AnswerAsync(ServerRequest asked, JsonRpcMessage answer, CancellationToken cancellationToken)
    {
        if (asked.Connection.IsLost)
        {
            _context.Metrics.Drop(_server.Name, answer, "child-gone");
            return;
        }

        var waiting = Enter(answer);
        try
        {
            await asked.Connection.SendAsync(answer, cancellationToken);
        }
        finally
        {
            Leave(waiting);
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

    /// <summary>
    /// Sends a request of the gateway's own, whose result tells nothing. A child may refuse it, and goes on as it was.
    /// </summary>
    /// <returns>Completes when it is on its way: what is sent next, the child reads next.</returns>
    public async Task TellAsync(ChildConnection child, JsonRpcMessage request)
    {
        var (method, call) = (request.Envelope.Method!, new GatewayCall(_calls));
        await child.CallAsync(request, call);
        _ = ObserveAsync(call, method);
    }

    /// <summary>Sends a request of the gateway's own, and waits for its answer. It never fails.</summary>
    public async Task<GatewayAnswer> AskAsync(JsonRpcMessage request, Handshake? handshake)
    {
        var waiting = Enter(request);
        var (method, call) = (request.Envelope.Method!, new GatewayCall(_calls));
        try
        {
            var child = await ConnectAsync(handshake);
            await child.CallAsync(request, call);
            return new GatewayAnswer(await call.Result.WaitAsync(_server.Config.RequestTimeout, _context.Time), null);
        }
        catch (GatewayCallException exception)
        {
            return new GatewayAnswer(null, exception.Failure);
        }
        catch (TimeoutException)
        {
            call.TryEnd(CallOutcome.TimedOut);
            return new GatewayAnswer(null, new ChildFailure(_server.Name, $"did not answer {method} (requestTimeout)", null, []).ToError());
        }
        catch (Exception exception)
        {
            request.Dispose();
            return new GatewayAnswer(null, Explain(exception)); // the start has logged it
        }
        finally
        {
            Leave(waiting);
        }
    }

    private async Task ObserveAsync(GatewayCall call, string method)
    {
        try
        {
            await call.Result.WaitAsync(_server.Config.RequestTimeout, _context.Time);
        }
        catch (GatewayCallException exception)
        {
            Log.NotTaken(_log, _server.Name, method, exception.Message);
        }
        catch (TimeoutException exception)
        {
            call.TryEnd(CallOutcome.TimedOut);
            Log.NotTaken(_log, _server.Name, method, exception.Message);
        }
    }

    // While a message waits for the child to start, or for room, no queue counts it.
    private int Enter(JsonRpcMessage message)
    {
        var waiting = message.WrittenLength;
        _context.Budget.Add(waiting);
        Interlocked.Increment(ref _senders);
        return waiting;
    }

    private void Leave(int waiting)
    {
        Touch();
        Interlocked.Decrement(ref _senders);
        _context.Budget.Remove(waiting);
    }
}
