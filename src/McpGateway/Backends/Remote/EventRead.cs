namespace McpGateway.Backends.Remote;

/// <summary>The outcome of one read from a stream of events.</summary>
internal enum EventRead
{
    /// <summary>An event: <see cref="UpstreamEvents.Current"/>.</summary>
    Event,

    /// <summary>No event came within the time-out.</summary>
    Silence,

    /// <summary>The end of the stream.</summary>
    End,

    /// <summary>The connection broke, or more bytes than the limit came without a complete event.</summary>
    Broken,
}
