using System.Net;

namespace McpGateway.Replicas.Forwarding;

/// <summary>
/// A request that a peer has forwarded. Its signature has been verified, so what it says about the client is trusted. A feature
/// of the request.
/// </summary>
/// <param name="From">The replica that the client's request came to.</param>
/// <param name="To">The replica that it was forwarded to.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Target">Path and query, as this replica sees them.</param>
/// <param name="Scheme">The scheme of the client's request.</param>
/// <param name="Host">The Host of the client's request.</param>
/// <param name="Client">The client's address; null where it has none.</param>
internal sealed record ForwardedRequest(
    string From, string To, string Method, string Target, string Scheme, string Host, IPAddress? Client);
