using McpGateway.Sessions;
using McpGateway.Sessions.Rules;

namespace McpGateway.Transports;

/// <summary>Who sends a request, in the terms that sessions are bound to.</summary>
internal static class Caller
{
    /// <summary>What it has been granted.</summary>
    public static CallerScopes ScopesOf(HttpContext context) => new(context.User);

    public static SessionOwner Of(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true } && context.User.FindFirst("sub") is { } subject
            ? new SessionOwner(context.User.FindFirst("iss")?.Value ?? subject.Issuer, subject.Value)
            : SessionOwner.Anonymous;
}
