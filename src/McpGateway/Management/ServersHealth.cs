using McpGateway.Backends.Stdio.Sharing;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Sessions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpGateway.Management;

/// <summary>
/// Degraded while a server fails, but never unhealthy: the gateway itself works, and an orchestrator that restarted it would not
/// repair the server. Reports counts only, because the endpoint needs no authentication.
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
