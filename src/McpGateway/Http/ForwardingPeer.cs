namespace McpGateway.Http;

/// <summary>
/// The replica that a client's request came through. A feature of the request; absent when the request came here directly.
/// </summary>
/// <param name="Name">The replica's name; its signature has been verified.</param>
internal sealed record ForwardingPeer(string Name);
