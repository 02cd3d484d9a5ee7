namespace McpGateway.JsonRpc;

/// <summary>A member that the relay reads, or that a later rule will: <see cref="Guarded"/>.</summary>
internal enum Member : byte
{
    Other,
    JsonRpc,
    Id,
    Method,
    Params,
    Result,
    Error,
    Meta,
    ProgressToken,
    RequestId,
    RelatedTask,
    TaskId,
    Task,

    /// <summary>Read by filters and by the handshake: only its name is watched here.</summary>
    Guarded,
}
