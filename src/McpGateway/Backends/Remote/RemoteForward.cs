using McpGateway.Policies.RateLimits;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>
/// One request to a remote server while it is forwarded. What the server answers first decides the reply that the client gets
/// (<see cref="Answer"/>); what comes after that goes to the reply's stream, while Http writes it. The forwarder ends when both
/// are through.
/// </summary>
internal sealed class RemoteForward
{
    private readonly TaskCompletionSource<BackendReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _leaving;

    private RemoteForward(CancellationToken clientLeft) =>
        _leaving = CancellationTokenSource.CreateLinkedTokenSource(clientLeft);

    /// <summary>Fires when nobody reads the reply any more.</summary>
    public CancellationToken Left => _leaving.Token;

    /// <summary>Forwards a request.</summary>
    /// <param name="remote">The gateway's parts.</param>
    /// <param name="call">The client's request.</param>
    /// <param name="exchange">What is sent.</param>
    /// <param name="receive">Takes what the server answers, and says what the client's reply is.</param>
    /// <param name="fail">Says what the reply is when the server did not answer.</param>
    /// <param name="permit">Given back at the end; null for none.</param>
    /// <returns>Completes when the reply is known; its closing awaits the end.</returns>
    public static async ValueTask<BackendReply> BeginAsync(
        RemoteContext remote, RemoteCall call, RemoteExchange exchange,
        Func<RemoteForward, HttpResponseMessage, UpstreamAddress, Task> receive, Func<UpstreamFailure, BackendReply> fail,
        ConcurrencyPermit? permit = null)
    {
        var forward = new RemoteForward(call.Request.Aborted);
        var running = forward.RunAsync(
            () => remote.Reports.ForwardAsync(
                call, exchange with { Receive = (response, address) => receive(forward, response, address) }),
            fail, permit);
        try
        {
            var reply = await forward._reply.Task;
            return reply with { Closing = () => forward.CloseAsync(running) };
        }
        catch (Exception)
        {
            forward._leaving.Dispose(); // it has ended without a reply
            throw;
        }
    }

    /// <summary>Says what the client's reply is.</summary>
    public void Answer(BackendReply reply) => _reply.TrySetResult(reply);

    private async Task RunAsync(
        Func<Task<UpstreamFailure>> forward, Func<UpstreamFailure, BackendReply> fail, ConcurrencyPermit? permit)
    {
        try
        {
            var failure = await forward();
            if (!_reply.Task.IsCompleted)
                Answer(fail(failure));
        }
        catch (Exception exception) when (_reply.TrySetException(exception))
        {
            // Whoever waits for the reply has it. After the reply it is thrown where the reply is closed.
        }
        finally
        {
            permit?.Dispose();
        }
    }

    private async ValueTask CloseAsync(Task running)
    {
        await _leaving.CancelAsync();
        try
        {
            await running;
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // The client has left.
        }

        _leaving.Dispose();
    }
}
