using McpGateway.Http;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Policies.Items;

namespace McpGateway.Backends.Remote;

/// <summary>The rules on what of a remote server may be used (<c>tools</c> in gateway.json).</summary>
internal sealed class RemoteRules(RemoteListedItems listed)
{
    /// <param name="call">The request that carries the message.</param>
    /// <param name="message">The client's.</param>
    /// <param name="rights">What its sender may do.</param>
    /// <param name="ask">How the server is asked for its lists.</param>
    /// <returns>Null when it may pass. A refusal without a reason for HTTP is the message's answer.</returns>
    public async ValueTask<Refused?> CheckAsync(
        RemoteCall call, JsonRpcMessage message, SenderRights rights, Func<JsonRpcMessage, Task<GatewayAnswer>> ask)
    {
        if (call.Server.Tools is not { } tools)
            return null;
        var policy = new ItemPolicy(tools);
        if (policy.Check(message, rights.Granted, out var requested) is { } refusal)
            return new Refused(refusal.Error, refusal);
        return requested is { } item
            && await policy.CheckListedAsync(item, listed.Of(call.Server, Caller.Of(call.Context)), ask) is { } error
                ? new Refused(error, null) : null;
    }
}

/// <summary>A message that is not sent.</summary>
/// <param name="Error">What its sender is told.</param>
/// <param name="Refusal">How, when it is no answer to its request.</param>
internal sealed record Refused(JsonRpcError Error, Refusal? Refusal);
