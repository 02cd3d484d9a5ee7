using System.Text.Json.Nodes;
using McpGateway.Drain;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpGateway.Management;

/// <summary>Health endpoints and metrics for operators.</summary>
internal static class ManagementExtensions
{
    /// <summary>Adds the health check and the instruments for the state of the servers.</summary>
    public static IServiceCollection AddManagement(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<ServersHealth>("servers");
        return services.AddHostedService<ServerGauges>();
    }

    /// <summary>
    /// Adds <c>/health</c> (readiness): 200 with the counts of <see cref="ServersHealth"/>, even while a server fails, and 503
    /// once the gateway has been told to stop. And <c>/health/live</c> (liveness): 200 as long as the gateway responds.
    /// </summary>
    public static IApplicationBuilder UseHealth(this IApplicationBuilder app) => app
        .UseHealthChecks("/health", new HealthCheckOptions { ResponseWriter = WriteReadinessAsync })
        // No check runs here. A failing liveness probe makes Kubernetes restart the container, which would end all sessions.
        .UseHealthChecks("/health/live", new HealthCheckOptions { ResponseWriter = WriteAsync, Predicate = _ => false });

    // Draining is not a health check: the framework would log an error for every request while the gateway stops.
    private static Task WriteReadinessAsync(HttpContext http, HealthReport report)
    {
        if (!http.RequestServices.GetRequiredService<DrainState>().IsDraining)
            return WriteAsync(http, report);
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return WriteAsync(http, report, "Draining");
    }

    private static Task WriteAsync(HttpContext http, HealthReport report) => WriteAsync(http, report, report.Status.ToString());

    private static Task WriteAsync(HttpContext http, HealthReport report, string status)
    {
        var body = new JsonObject { ["status"] = status };
        foreach (var (name, count) in report.Entries.Values.SelectMany(entry => entry.Data))
            body[name] = JsonValue.Create(count);
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body.ToJsonString(), http.RequestAborted);
    }
}
