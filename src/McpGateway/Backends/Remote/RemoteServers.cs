using McpGateway.Configuration;
using McpGateway.Sessions;
using Microsoft.Extensions.Primitives;

namespace McpGateway.Backends.Remote;

/// <summary>The remote servers of gateway.json, and the sessions with them.</summary>
internal sealed class RemoteServers(RemoteContext remote)
{
    /// <returns>Null when gateway.json has no such remote server now.</returns>
    public IBackend? TryCreate(string server, IClientRequest request, RequestedSession requested, IUpstream upstream) =>
        remote.Config.Current.Servers.GetValueOrDefault(server) is { Target: RemoteTarget } config
            ? new RemoteBackend(remote, new RemoteCall(config, request, requested.Session, upstream))
            : null;

    /// <param name="server">The server's name.</param>
    /// <param name="owner">The user who names a session.</param>
    /// <param name="ids">The session ids in the request.</param>
    public RequestedSession FindSession(string server, SessionOwner owner, StringValues ids) =>
        ids is [{ } id] && remote.Seal.Open(server, owner, id) is { } session
            ? new RequestedSession(session)
            : RequestedSession.Unknown;
}
