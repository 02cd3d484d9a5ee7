namespace McpGateway.JsonRpc;

/// <summary>A member that the envelope reader reads, or that a rule reads later (<see cref="Guarded"/>).</summary>
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

    /// <summary>Read later, by filters or the handshake. Here only its name is checked for duplicates and lookalikes.</summary>
    Guarded,
}
