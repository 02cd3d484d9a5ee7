using McpGateway.Backends.Stdio.Sharing;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio;

/// <summary>
/// Gives sessions their child processes, and keeps those processes in step with the configuration and the time.
/// </summary>
internal sealed class StdioSessions(ChildManager children, WarmChildren warm, ServerRegistry servers) : IBackendSessions
{
    public Func<Session, IBackendSession>? TryReserve(ServerState server, SessionKind kind) => children.TryReserve(server, kind);

    public IEnumerable<Task> Tick(long now)
    {
        foreach (var visit in children.Tick(now))
            yield return visit;
        // Not for servers with a user's values in their environment, which are not known in advance. The one child of a shared
        // server is started with its handshake, by WarmUp.
        warm.Visit(servers.All.Where(server => server.Stdio is { Isolation: not Isolation.Shared, IsPersonal: false }));
        children.WarmUp(servers.All);
    }
}
