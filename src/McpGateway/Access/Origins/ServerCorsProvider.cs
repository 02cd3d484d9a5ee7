using McpGateway.Access.Endpoints;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace McpGateway.Access.Origins;

/// <summary>
/// The CORS policy of all servers' routes. It asks <see cref="OriginRules"/> with each request, so that a reload holds for
/// the next one. Credentials that browsers add by themselves are never allowed: the gateway takes none, and so <c>*</c>
/// gives a page nothing that its user did not type in.
/// </summary>
internal sealed class ServerCorsProvider(OriginRules rules) : ICorsPolicyProvider
{
    // A browser asks again after as long; what it then sends is checked whatever it was told.
    private static readonly TimeSpan PreflightAge = TimeSpan.FromMinutes(10);

    private static readonly string[] Exposed =
    [
        "Mcp-Session-Id", "MCP-Protocol-Version", "WWW-Authenticate", "Retry-After",
        "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset",
    ];

    private static readonly CorsPolicy Allowed = PolicyFor(isAllowed: true);

    private static readonly CorsPolicy Refused = PolicyFor(isAllowed: false);

    /// <returns>Null for every other name, and for endpoints that name none.</returns>
    public Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName) =>
        Task.FromResult(policyName != GuardedServer.Policy ? null
        : rules.Allow(context.Request.Headers.Origin.ToString(), context) ? Allowed : Refused);

    private static CorsPolicy PolicyFor(bool isAllowed) => new CorsPolicyBuilder()
        .SetIsOriginAllowed(_ => isAllowed)
        .WithMethods(HttpMethods.Get, HttpMethods.Post, HttpMethods.Delete)
        .AllowAnyHeader()
        .WithExposedHeaders(Exposed)
        .SetPreflightMaxAge(PreflightAge)
        .Build();
}
