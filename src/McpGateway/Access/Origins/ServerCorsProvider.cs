using McpGateway.Access.Endpoints;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace McpGateway.Access.Origins;

/// <summary>
/// The CORS policy of all server endpoints. It applies <see cref="OriginRules"/> to every request, so a reload takes effect with
/// the next one. Credentials that browsers add automatically (cookies) are never allowed. The gateway does not use them, so even
/// <c>*</c> gives a page no access without a token of its own.
/// </summary>
internal sealed class ServerCorsProvider(OriginRules rules) : ICorsPolicyProvider
{
    // Browsers cache the preflight response for this long. A revoked origin is refused even so: every request is checked.
    private static readonly TimeSpan PreflightAge = TimeSpan.FromMinutes(10);

    private static readonly string[] Exposed =
    [
        "Mcp-Session-Id", "MCP-Protocol-Version", "WWW-Authenticate", "Retry-After",
        "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset",
    ];

    private static readonly CorsPolicy Allowed = PolicyFor(isAllowed: true);

    private static readonly CorsPolicy Refused = PolicyFor(isAllowed: false);

    /// <returns>Null for any other policy name, and for endpoints without one.</returns>
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
