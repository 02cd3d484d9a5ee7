using System.Security.Claims;
using McpGateway.Access.Endpoints;
using McpGateway.Access.Keys;

namespace McpGateway.Access.Authentication;

/// <summary>
/// Whom a token is meant for: the gateway, by the audience that its issuer is configured with, or one server, by its URL
/// (RFC 8707). A token for one server is refused at another, for else each could use it at the others.
/// </summary>
internal sealed class Audiences(ExternalUrls urls)
{
    public bool Accept(ClaimsPrincipal caller, TokenIssuer issuer, HttpContext context)
    {
        var server = context.GetEndpoint()?.Metadata.GetMetadata<GuardedServer>();
        return caller.FindAll(CallerClaims.Audience).Any(audience =>
            audience.Value == issuer.Audience || (server is not null && urls.IsOf(server.Name, audience.Value)));
    }
}
