namespace McpGateway.JsonRpc;

/// <summary>
/// What a server's event stream said beside a message (HTML standard, section 9.2). It passes on unchanged, so that a client can
/// resume where a stream broke off (Last-Event-ID).
/// </summary>
/// <param name="Id">The event's id; null when it has none.</param>
/// <param name="Retry">When the client is to come back; null when the event does not say so.</param>
/// <param name="Name">The event's name; empty for an event without a name.</param>
internal sealed record EventFields(string? Id, TimeSpan? Retry, string Name = EventFields.MessageName)
{
    public const string MessageName = "message";
}
