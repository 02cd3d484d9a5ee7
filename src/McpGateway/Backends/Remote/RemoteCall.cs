using McpGateway.Configuration;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>A client's request to a remote server.</summary>
/// <param name="Context">The request; it has been let in.</param>
/// <param name="Server">The server that it is for.</param>
/// <param name="Prefix">What stands before the transport's name in the path: empty, or /{name}.</param>
/// <param name="Requested">What it says of its session.</param>
/// <param name="Upstream">The way to the server.</param>
internal sealed record RemoteCall(HttpContext Context, ServerConfig Server, string Prefix, RequestedSession Requested, IUpstream Upstream)
{
    public RemoteTarget Target => (RemoteTarget)Server.Target;

    public UpstreamSession? Session => Requested.Session;
}
