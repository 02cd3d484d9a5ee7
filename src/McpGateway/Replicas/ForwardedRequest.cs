using System.Net;

namespace McpGateway.Replicas;

/// <summary>A request that another replica has passed on; what it says of the client is believed. A feature of the request.</summary>
/// <param name="From">The replica that it came to.</param>
/// <param name="To">The replica that it was meant for.</param>
/// <param name="Method">HTTP's.</param>
/// <param name="Target">Path and query, as this replica sees them.</param>
/// <param name="Scheme">By which the client came.</param>
/// <param name="Host">The Host that the client asked for.</param>
/// <param name="Client">The client's address; null where it has none.</param>
public sealed record ForwardedRequest(string From, string To, string Method, string Target, string Scheme, string Host, IPAddress? Client);
