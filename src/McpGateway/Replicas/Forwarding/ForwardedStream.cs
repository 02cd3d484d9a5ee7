namespace McpGateway.Replicas.Forwarding;

/// <summary>One stream that another replica's session sends through this one. A feature of its request.</summary>
internal sealed class ForwardedStream(ForwardedStreams streams, string owner, CancellationTokenRegistration cut) : IDisposable
{
    /// <summary>The stream has ended.</summary>
    public void Dispose()
    {
        cut.Dispose();
        streams.Remove(owner);
    }
}
