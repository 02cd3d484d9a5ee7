namespace McpGateway.JsonRpc;

/// <summary>
/// What the gateway knows about a message: its kind, and the values that it routes by, with their positions. Everything else
/// remains opaque bytes.
/// </summary>
internal readonly record struct JsonRpcEnvelope
{
    public required JsonRpcKind Kind { get; init; }

    /// <summary>None for a notification, and for an error response to a message whose id could not be read.</summary>
    public JsonRpcId Id { get; init; }

    public ByteRange IdRange { get; init; }

    /// <summary>Unescaped; null for a response. Known methods are the constants of <see cref="McpMethod"/>.</summary>
    public string? Method { get; init; }

    /// <summary>The object in <c>params</c>; empty when there is none.</summary>
    public ByteRange Params { get; init; }

    /// <summary>The value of <c>result</c>; empty when there is none.</summary>
    public ByteRange Result { get; init; }

    /// <summary>
    /// A request's <c>params._meta.progressToken</c>, or a progress notification's <c>params.progressToken</c>.
    /// </summary>
    public JsonRpcId ProgressToken { get; init; }

    public ByteRange ProgressTokenRange { get; init; }

    /// <summary>The id of the request that <c>notifications/cancelled</c> cancels.</summary>
    public JsonRpcId CancelledId { get; init; }

    public ByteRange CancelledIdRange { get; init; }

    /// <summary>
    /// The id of the task that the message belongs to: <c>params._meta["io.modelcontextprotocol/related-task"].taskId</c>, or
    /// <c>params.taskId</c>. Null for none.
    /// </summary>
    public string? Task { get; init; }

    /// <summary>Whether the request asks to be run as a task (<c>params.task</c>, revision 2025-11-25).</summary>
    public bool WantsTask { get; init; }

    public bool IsRequest => Kind is JsonRpcKind.Request;

    public bool IsAnswer => Kind is JsonRpcKind.Result or JsonRpcKind.Error;
}
