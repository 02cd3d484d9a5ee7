using System.Security.Claims;
using McpGateway.Access.Endpoints;
using McpGateway.Access.Keys;

namespace McpGateway.Access.Authentication;

/// <summary>
/// Checks the audience of a token: the configured audience of its issuer, for the whole gateway, or the URL of one server
/// (RFC 8707). A token for one server is refused at the others. Otherwise a server that receives a token could use it there.
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
