using McpGateway.Configuration;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>A client's request to a remote server.</summary>
/// <param name="Server">The server that it is for.</param>
/// <param name="Request">The request, already authorized.</param>
/// <param name="Session">Its session; null for none.</param>
/// <param name="Upstream">The way to the server.</param>
internal sealed record RemoteCall(ServerConfig Server, IClientRequest Request, UpstreamSession? Session, IUpstream Upstream)
{
    public RemoteTarget Target => (RemoteTarget)Server.Target;
}
