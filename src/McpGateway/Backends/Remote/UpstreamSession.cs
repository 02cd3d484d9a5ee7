namespace McpGateway.Backends.Remote;

/// <summary>
/// A session with a remote server. The gateway stores nothing of it: it travels in the client's sealed id
/// (<see cref="SessionSeal"/>), so that any replica can continue it.
/// </summary>
/// <param name="Destination">The name of the server's address that has the session.</param>
/// <param name="Id">The remote server's own session id. With HTTP+SSE: the path and query to which messages are posted.</param>
internal sealed record UpstreamSession(string Destination, string Id);
