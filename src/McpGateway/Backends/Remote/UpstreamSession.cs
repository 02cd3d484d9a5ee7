namespace McpGateway.Backends.Remote;

/// <summary>
/// A session with a remote server. The gateway keeps none of it: it travels in the sealed id that the client has
/// (<see cref="SessionSeal"/>), so that any replica can go on with it.
/// </summary>
/// <param name="Destination">Which of the server's addresses has it.</param>
/// <param name="Id">The remote server's own session id; for HTTP+SSE the path and query that messages are posted to.</param>
internal sealed record UpstreamSession(string Destination, string Id);
