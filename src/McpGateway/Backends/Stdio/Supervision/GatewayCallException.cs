using McpGateway.JsonRpc;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>A request of the gateway's own has no result.</summary>
/// <param name="failure">
/// Why the child cannot answer; null when it answered with an error, whose text is not repeated because it may hold anything.
/// </param>
internal sealed class GatewayCallException(JsonRpcError? failure)
    : Exception(failure?.Message ?? "The server answered with an error.")
{
    public JsonRpcError? Failure { get; } = failure;
}
