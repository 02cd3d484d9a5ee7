namespace McpGateway.Replicas.Forwarding;

/// <summary>One stream of another replica's session that runs through this replica. A feature of its request.</summary>
internal sealed class ForwardedStream(ForwardedStreams streams, string owner, CancellationTokenRegistration cut) : IDisposable
{
    /// <summary>The stream has ended.</summary>
    public void Dispose()
    {
        // First, so that a late cut cannot abort a request that has ended: Kestrel reuses its HttpContext for the next one.
        cut.Dispose();
        streams.Remove(owner);
    }
}
