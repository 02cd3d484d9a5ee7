namespace McpGateway.JsonRpc;

/// <summary>The kind of a message.</summary>
public enum JsonRpcKind : byte
{
    Request,
    Notification,

    /// <summary>A response with a result.</summary>
    Result,

    /// <summary>A response with an error.</summary>
    Error,
}
