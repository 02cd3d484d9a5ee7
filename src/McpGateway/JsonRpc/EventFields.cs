namespace McpGateway.JsonRpc;

/// <summary>
/// The fields of a server-sent event besides its data (HTML standard, section 9.2). They are relayed unchanged, so that a client
/// can resume an interrupted stream (Last-Event-ID).
/// </summary>
/// <param name="Id">The event's id; null when it has none.</param>
/// <param name="Retry">The client's reconnection time; null when the event has none.</param>
/// <param name="Name">The event's name; empty for an event without a name.</param>
internal sealed record EventFields(string? Id, TimeSpan? Retry, string Name = EventFields.MessageName)
{
    public const string MessageName = "message";
}
