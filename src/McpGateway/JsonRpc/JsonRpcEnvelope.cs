namespace McpGateway.JsonRpc;

/// <summary>
/// What the relay knows of a message: its kind, and the values it routes by with the places where they lie. All else
/// stays opaque bytes.
/// </summary>
public readonly record struct JsonRpcEnvelope
{
    public required JsonRpcKind Kind { get; init; }

    /// <summary>None for a notification, and for an error answer to a message whose id could not be read.</summary>
    public JsonRpcId Id { get; init; }

    public ByteRange IdRange { get; init; }

    /// <summary>Unescaped; null for an answer. Known methods are the constants of <see cref="McpMethod"/>.</summary>
    public string? Method { get; init; }

    /// <summary>The object that <c>params</c> holds; empty when there is none.</summary>
    public ByteRange Params { get; init; }

    /// <summary>The value of <c>result</c>; empty when there is none.</summary>
    public ByteRange Result { get; init; }

    /// <summary>A request's <c>params._meta.progressToken</c>, or a progress notification's <c>params.progressToken</c>.</summary>
    public JsonRpcId ProgressToken { get; init; }

    public ByteRange ProgressTokenRange { get; init; }

    /// <summary>The request that <c>notifications/cancelled</c> names.</summary>
    public JsonRpcId CancelledId { get; init; }

    public ByteRange CancelledIdRange { get; init; }

    /// <summary>
    /// The task that a message belongs to: <c>params._meta["io.modelcontextprotocol/related-task"].taskId</c>, or
    /// <c>params.taskId</c>. Null for none.
    /// </summary>
    public string? Task { get; init; }

    /// <summary>Whether the request is to be run as a task of its own (<c>params.task</c>, 2025-11-25).</summary>
    public bool WantsTask { get; init; }

    public bool IsRequest => Kind is JsonRpcKind.Request;

    public bool IsAnswer => Kind is JsonRpcKind.Result or JsonRpcKind.Error;
}
