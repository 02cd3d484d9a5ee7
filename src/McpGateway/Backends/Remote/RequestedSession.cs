namespace McpGateway.Backends.Remote;

/// <summary>What a request says of its session with a remote server. A feature of the request.</summary>
/// <param name="Session">Null when it names none, or one that does not exist for its sender.</param>
internal sealed record RequestedSession(UpstreamSession? Session)
{
    public static RequestedSession Unknown { get; } = new((UpstreamSession?)null);
}
