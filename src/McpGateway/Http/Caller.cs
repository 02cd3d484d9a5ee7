using McpGateway.Policies.Items;
using McpGateway.Policies.RateLimits;
using McpGateway.Sessions;

namespace McpGateway.Http;

/// <summary>Who sends a request, in the terms that sessions are bound to.</summary>
internal static class Caller
{
    /// <summary>What it may do; how much is another question.</summary>
    public static SenderRights RightsOf(HttpContext context) => new(new CallerScopes(context.User), Quota: null);

    /// <summary>Whose use is counted together: a user's, or that of an address from which nobody in particular calls.</summary>
    public static SessionOwner CountedAs(HttpContext context) => Of(context) is var owner && owner != SessionOwner.Anonymous
        ? owner
        : owner with { Subject = LimitKey.AddressOf(context.Connection.RemoteIpAddress) };

    public static SessionOwner Of(HttpContext context) =>
        // By issuer and subject: a subject is unique only at its issuer (OpenID Connect Core, section 5.7), and tokens change.
        context.User.Identity is { IsAuthenticated: true } && context.User.FindFirst("sub") is { } subject
            ? new SessionOwner(context.User.FindFirst("iss")?.Value ?? subject.Issuer, subject.Value)
            : SessionOwner.Anonymous;
}
