using McpGateway.JsonRpc;

namespace McpGateway.Policies;

/// <summary>What became of a request of the gateway's own to a server.</summary>
/// <param name="Result">As JSON; null when the server has answered with an error, or there is a failure.</param>
/// <param name="Failure">Why the server could not answer.</param>
internal readonly record struct GatewayAnswer(byte[]? Result, JsonRpcError? Failure);
