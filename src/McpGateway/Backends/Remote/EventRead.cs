namespace McpGateway.Backends.Remote;

/// <summary>What reading a stream of events has given.</summary>
internal enum EventRead
{
    /// <summary>An event: <see cref="UpstreamEvents.Current"/>.</summary>
    Event,

    /// <summary>Nothing, for as long as was to be waited.</summary>
    Silence,

    /// <summary>The end of the stream.</summary>
    End,

    /// <summary>A broken connection, or more without an event than is taken.</summary>
    Broken,
}
