using McpGateway.Backends.Stdio.Sharing;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Sessions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpGateway.Management;

/// <summary>
/// Degraded while a server fails: the gateway itself is well, and to restart it would mend nothing. Counts only, since
/// anyone may ask.
/// </summary>
internal sealed class ServersHealth(ServerRegistry registry, ChildManager children, SessionManager sessions) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var servers = registry.All.ToArray();
        var failing = servers.Count(children.IsFailing);
        var counts = new Dictionary<string, object>
        {
            ["servers"] = servers.Length,
            ["failing"] = failing,
            ["sessions"] = sessions.Count,
            ["processes"] = servers.OfType<StdioServerState>().Sum(server => server.Processes),
        };
        return Task.FromResult(new HealthCheckResult(failing > 0 ? HealthStatus.Degraded : HealthStatus.Healthy, data: counts));
    }
}
