using McpGateway.JsonRpc;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>The outcome of a request of the gateway's own.</summary>
/// <param name="Result">As JSON; null when the server has answered with an error, or there is a failure.</param>
/// <param name="Failure">Why the server could not answer.</param>
internal readonly record struct GatewayAnswer(byte[]? Result, JsonRpcError? Failure);
