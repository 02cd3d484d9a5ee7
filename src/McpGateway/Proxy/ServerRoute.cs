namespace McpGateway.Proxy;

/// <summary>Hangs on each endpoint of a server: which server, and what stands before the transport's name in its paths.</summary>
/// <param name="Server">The server's name.</param>
/// <param name="Prefix">Empty for the aliases of the default server, else /{name}.</param>
/// <param name="IsStdio">Served by a child process here, not by YARP's forwarder.</param>
internal sealed record ServerRoute(string Server, string Prefix, bool IsStdio);
