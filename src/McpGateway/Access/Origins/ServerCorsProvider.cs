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

    /// <returns>Null for every other name, and for endpoints that name none.</returns>
    public Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName) =>
        Task.FromResult(policyName == AccessNames.ServerPolicy ? PolicyFor(context) : null);

    private CorsPolicy PolicyFor(HttpContext context) => new CorsPolicyBuilder()
        .SetIsOriginAllowed(origin => rules.Allow(origin, context))
        .WithMethods(HttpMethods.Get, HttpMethods.Post, HttpMethods.Delete)
        .AllowAnyHeader()
        .WithExposedHeaders(Exposed)
        .SetPreflightMaxAge(PreflightAge)
        .Build();
}
