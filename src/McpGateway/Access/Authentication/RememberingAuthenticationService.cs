using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace McpGateway.Access.Authentication;

/// <summary>
/// Answers at once for a caller whose token is remembered: the way through two handlers would cost more than all else that is
/// done with such a request here. What is not that plain goes the whole way.
/// </summary>
internal sealed class RememberingAuthenticationService(
    IAuthenticationSchemeProvider schemes, IAuthenticationHandlerProvider handlers, IClaimsTransformation transform,
    IOptions<AuthenticationOptions> options, AccessState state, TokenCache cache, Audiences audiences)
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
        // Where keys are just being fetched the whole way waits for them.
        var finding = cache.FindAsync(header, () => TokenOf(context), model, context.RequestAborted).AsTask();
        return finding.IsCompletedSuccessfully && finding.GetAwaiter().GetResult() is { } known
            && audiences.Accept(known.Caller, known.Issuer, context)
            ? known
            : null;
    }
}
