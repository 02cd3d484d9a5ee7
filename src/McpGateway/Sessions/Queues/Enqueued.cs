namespace McpGateway.Sessions.Queues;

/// <summary>What became of a message offered to a queue.</summary>
internal enum Enqueued
{
    /// <summary>The queue owns it now.</summary>
    Yes,

    /// <summary>There was no room; it is still the caller's.</summary>
    Full,

    /// <summary>Nobody reads any more; it is still the caller's.</summary>
    Closed,
}
