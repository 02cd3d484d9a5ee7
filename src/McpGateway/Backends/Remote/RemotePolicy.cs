using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Policies.Items;
using McpGateway.Policies.RateLimits;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>Applies the policies of all servers to what a client sends to a remote server.</summary>
internal sealed class RemotePolicy(RemoteContext remote, RemoteCall call)
{
    /// <summary>Applies the rules on what may be used (<c>tools</c> in gateway.json).</summary>
    /// <param name="message">The client's message.</param>
    /// <param name="rights">What its sender may do.</param>
    /// <param name="ask">Sends a request for the server's lists.</param>
    /// <returns>
    /// Both null when the message is allowed. The refusal answers the HTTP request, the error answers the JSON-RPC request.
    /// </returns>
    public async ValueTask<(Refusal? Refusal, JsonRpcError? Error)> CheckAsync(
        JsonRpcMessage message, SenderRights rights, Func<JsonRpcMessage, Task<GatewayAnswer>> ask)
    {
        if (call.Server.Tools is not { } tools)
            return default;
        var policy = new ItemPolicy(tools);
        if (policy.Check(message, rights.Granted, out var requested) is { } refusal)
            return (refusal, refusal.Error);
        return requested is { } item
            ? (null, await policy.CheckListedAsync(item, remote.ListedItems.Of(call.Server, call.Request.Owner), ask))
            : default;
    }

    /// <summary>
    /// Takes a permit (<c>concurrency</c>) for a POST, and waits for it. A batch takes one: with one for each of its requests, a
    /// batch that is larger than the limit would wait for itself.
    /// </summary>
    /// <returns>The permit is null when none is needed. Otherwise it must be disposed of when the POST is answered.</returns>
    public async ValueTask<(Refusal? Refusal, ConcurrencyPermit? Permit)> AcquireAsync(PostedMessages posted)
    {
        if (ConcurrencyPermit.TryAcquire(posted.Rights.Quota, posted.Messages, out var permit) is { } busy)
            return (busy, null);
        if (permit is null)
            return default;
        var isAdmitted = false;
        try
        {
            isAdmitted = await permit.Outcome.WaitAsync(call.Server.RequestTimeout, remote.Time, call.Request.Aborted)
                is PermitOutcome.Admitted;
        }
        catch (TimeoutException)
        {
            // Reported below, like a full queue.
        }
        finally
        {
            if (!isAdmitted)
                permit.Dispose(); // also when the client has left: nobody else takes the request out of the queue
        }

        return isAdmitted ? (null, permit) : (Refusal.TooManyAtATime, null);
    }
}
