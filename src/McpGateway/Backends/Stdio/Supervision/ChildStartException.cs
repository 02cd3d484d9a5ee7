using McpGateway.JsonRpc;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>A child was not started, or did not do the handshake.</summary>
/// <param name="error">The answer to callers that wait for it.</param>
internal sealed class ChildStartException(JsonRpcError error) : Exception(error.Message)
{
    public JsonRpcError Error { get; } = error;

    /// <summary>Whether the server is to blame, so that the next start must wait.</summary>
    public bool IsFailure { get; init; }

    /// <summary>Whether no other child can replace the last one.</summary>
    public bool IsFinal { get; init; }
}
