using McpGateway.JsonRpc;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>A request of the gateway's own has no result.</summary>
/// <param name="failure">
/// Why the child cannot answer; null when it answered with an error. The error's text is not repeated: it may contain anything.
/// </param>
internal sealed class GatewayCallException(JsonRpcError? failure)
    : Exception(failure?.Message ?? "The server answered with an error.")
{
    public JsonRpcError? Failure { get; } = failure;
}
