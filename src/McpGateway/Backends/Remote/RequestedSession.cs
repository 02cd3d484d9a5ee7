namespace McpGateway.Backends.Remote;

/// <summary>The session with a remote server that a request names. A request feature, so that its id is opened once.</summary>
/// <param name="Session">Null when the request names none, or one that does not exist for its sender.</param>
internal sealed record RequestedSession(UpstreamSession? Session)
{
    public static RequestedSession Unknown { get; } = new((UpstreamSession?)null);
}
