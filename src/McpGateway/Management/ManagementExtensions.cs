using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpGateway.Management;

/// <summary>What operators see of the gateway.</summary>
public static class ManagementExtensions
{
    /// <summary>Adds the health check and the instruments that tell the servers' state.</summary>
    public static IServiceCollection AddManagement(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<ServersHealth>("servers");
        return services.AddHostedService<ServerGauges>();
    }

    /// <summary>
    /// Answers <c>/health</c>: 200 with the counts of <see cref="ServersHealth"/>, also while a server fails; 503 once the gateway
    /// has been told to stop. And <c>/health/live</c>: 200 as long as it answers at all.
    /// </summary>
    public static IApplicationBuilder UseHealth(this IApplicationBuilder app) => app
        .UseHealthChecks("/health", new HealthCheckOptions { ResponseWriter = WriteAsync })
        .UseHealthChecks("/health/live", new HealthCheckOptions { ResponseWriter = WriteAsync, Predicate = _ => false });

    private static Task WriteAsync(HttpContext http, HealthReport report)
    {
        var isDraining = report.Status is HealthStatus.Unhealthy;
        var body = new JsonObject { ["status"] = isDraining ? "Draining" : report.Status.ToString() };
        foreach (var (name, count) in report.Entries.Values.SelectMany(entry => entry.Data))
            body[name] = JsonValue.Create(count);
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body.ToJsonString(), http.RequestAborted);
    }
}
