namespace McpGateway.JsonRpc;

/// <summary>What a message is.</summary>
public enum JsonRpcKind : byte
{
    Request,
    Notification,

    /// <summary>An answer with a result.</summary>
    Result,

    /// <summary>An answer with an error.</summary>
    Error,
}
