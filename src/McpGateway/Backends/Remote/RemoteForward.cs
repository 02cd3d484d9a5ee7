using McpGateway.Policies.RateLimits;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>
/// One request to a remote server while it is being forwarded. The beginning of the response decides the client's reply
/// (<see cref="Answer"/>). The rest goes to the reply's stream while Http writes it. The forwarder ends when both are done.
/// </summary>
internal sealed class RemoteForward
{
    // Continuations run asynchronously: writing the reply must not delay the reading of the rest.
    private readonly TaskCompletionSource<BackendReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Linked to the client's token, and also fired when the reply is closed: its stream may end before the client leaves.
    private readonly CancellationTokenSource _leaving;

    private RemoteForward(CancellationToken clientLeft) =>
        _leaving = CancellationTokenSource.CreateLinkedTokenSource(clientLeft);

    /// <summary>Fires when nobody reads the reply any more.</summary>
    public CancellationToken Left => _leaving.Token;

    /// <summary>Forwards a request.</summary>
    /// <param name="remote">The gateway's parts.</param>
    /// <param name="call">The client's request.</param>
    /// <param name="exchange">What is sent.</param>
    /// <param name="receive">Receives the response, and calls <see cref="Answer"/>.</param>
    /// <param name="fail">Creates the reply when there is no response.</param>
    /// <param name="permit">Released at the end; null for none.</param>
    /// <returns>Completes when the reply is known. Closing the reply waits for the forwarder to end.</returns>
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

    /// <summary>Sets the client's reply. Only the first call has an effect.</summary>
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
            // Thrown to whoever waits for the reply. If the reply was set before, CloseAsync throws it.
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
