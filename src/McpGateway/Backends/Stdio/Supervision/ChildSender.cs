using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>Sends messages to a supervisor's child. A client's calls and notifications start it if there is none.</summary>
internal sealed partial class ChildSender(ChildSupervisor supervisor, SupervisionContext context)
{
    private readonly StdioServerState _server = supervisor.Server;
    private readonly ILogger _log = context.Loggers.CreateLogger<ChildSender>();

    /// <summary>Sends a call. It never fails: a call that cannot be sent is answered with an error.</summary>
    public async ValueTask CallAsync(JsonRpcMessage request, ClientCall call, Handshake? handshake)
    {
        supervisor.Tasks.Watch(call);
        using var sending = supervisor.Activity.Begin(request);
        try
        {
            var connecting = supervisor.ConnectAsync(handshake);
            // Withdrawn creates a token source, which is not needed when the child is ready.
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
            await call.FailAsync(StartErrors.Explain(exception, _server));
        }
    }

    /// <summary>Sends a notification; dropped when the child cannot be started.</summary>
    public async ValueTask SendAsync(JsonRpcMessage message, Handshake? handshake, CancellationToken cancellationToken)
    {
        using var sending = supervisor.Activity.Begin(message);
        if (await supervisor.TryConnectAsync(handshake) is null && supervisor.Child is { } child)
            await child.SendAsync(message, cancellationToken);
        else
            message.Dispose(); // a notification has no answer; the next call gets the reason
    }

    /// <summary>Sends a client's answer to the child that sent the request, and never to a later child.</summary>
    public async ValueTask AnswerAsync(ServerRequest request, JsonRpcMessage answer, CancellationToken cancellationToken)
    {
        if (request.Connection.IsLost)
        {
            context.Metrics.Drop(_server.Name, answer, "child-gone");
            return;
        }

        using var sending = supervisor.Activity.Begin(answer);
        await request.Connection.SendAsync(answer, cancellationToken);
    }

    /// <summary>
    /// Sends a request of the gateway's own whose result nobody needs. An error of the child has no consequences.
    /// </summary>
    /// <returns>Completes when it is queued: the child reads it before anything that is sent later.</returns>
    public async Task TellAsync(ChildConnection child, JsonRpcMessage request)
    {
        var (method, call) = (request.Envelope.Method!, new GatewayCall(supervisor.Calls));
        await child.CallAsync(request, call);
        _ = LogFailureAsync(call, method);
    }

    /// <summary>Sends a request of the gateway's own, and waits for its answer. It never fails.</summary>
    public async Task<GatewayAnswer> AskAsync(JsonRpcMessage request, Handshake? handshake)
    {
        using var sending = supervisor.Activity.Begin(request);
        var (method, call) = (request.Envelope.Method!, new GatewayCall(supervisor.Calls));
        try
        {
            var child = await supervisor.ConnectAsync(handshake);
            await child.CallAsync(request, call);
            return new GatewayAnswer(await call.Result.WaitAsync(_server.Config.RequestTimeout, context.Time), null);
        }
        catch (GatewayCallException exception)
        {
            return new GatewayAnswer(null, exception.Failure);
        }
        catch (TimeoutException)
        {
            call.TryEnd(CallOutcome.TimedOut);
            var failure = new ChildFailure(_server.Name, $"did not answer {method} (requestTimeout)", null, []);
            return new GatewayAnswer(null, failure.ToError());
        }
        catch (Exception exception)
        {
            request.Dispose();
            return new GatewayAnswer(null, StartErrors.Explain(exception, _server)); // the start has logged it
        }
    }

    // Nobody awaits it, so it must not throw.
    private async Task LogFailureAsync(GatewayCall call, string method)
    {
        try
        {
            await call.Result.WaitAsync(_server.Config.RequestTimeout, context.Time);
        }
        catch (Exception exception)
        {
            call.TryEnd(CallOutcome.TimedOut); // has an effect only after a time-out
            Log.NotTaken(_log, _server.Name, method, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A message to {Server} could not be sent", EventName = "SendFailed")]
        public static partial void SendFailed(ILogger log, Exception exception, string server);

        [LoggerMessage(2, LogLevel.Debug, "{Server} did not accept {Method}: {Reason}", EventName = "ChildRefused")]
        public static partial void NotTaken(ILogger log, string server, string method, string reason);
    }
}
