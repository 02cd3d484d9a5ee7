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

    /// <summary>Answers <c>/health</c>: 200 with the counts of <see cref="ServersHealth"/>, also while a server fails.</summary>
    public static IApplicationBuilder UseHealth(this IApplicationBuilder app) =>
        app.UseHealthChecks("/health", new HealthCheckOptions { ResponseWriter = WriteAsync });

    private static Task WriteAsync(HttpContext http, HealthReport report)
    {
        var body = new JsonObject { ["status"] = report.Status.ToString() };
        foreach (var (name, count) in report.Entries.Values.SelectMany(entry => entry.Data))
            body[name] = JsonValue.Create(count);
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body.ToJsonString(), http.RequestAborted);
    }
}
