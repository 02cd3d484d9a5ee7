using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace McpGateway.Access.Authentication;

/// <summary>
/// Authenticates a caller with a cached token directly. Going through the two handlers would cost more than everything else that
/// the gateway does with such a request. All other requests take the regular path.
/// </summary>
internal sealed class RememberingAuthenticationService(
    IAuthenticationSchemeProvider schemes, IAuthenticationHandlerProvider handlers, IClaimsTransformation transform,
    IOptions<AuthenticationOptions> options, AccessMonitor state, TokenCache cache, Audiences audiences)
    : AuthenticationService(schemes, handlers, transform, options)
{
    public override Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme) =>
        Find(context) is { } known
            ? Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(known.Caller, scheme ?? string.Empty)))
            : base.AuthenticateAsync(context, scheme);

    private static string? TokenOf(HttpContext context) =>
        Credential.Of(context.Request) is { Kind: CredentialKind.Token, Text: var token } ? token : null;

    private ValidatedToken? Find(HttpContext context)
    {
        var model = state.Current;
        if (!model.IsRequired || Credential.OnlyHeaderOf(context.Request) is not { } header)
            return null;
        // If the issuer's keys are being fetched, the regular path waits for them.
        return cache.TryFind(header, () => TokenOf(context), model, context.RequestAborted) is { } known
            && audiences.Accept(known.Caller, known.Issuer, context)
            ? known
            : null;
    }
}
