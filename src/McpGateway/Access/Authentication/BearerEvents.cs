using System.Security.Claims;
using McpGateway.Access.Keys;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Access.Authentication;

/// <summary>
/// What JwtBearer is not concerned with: whose keys a token is to be checked with, that it is remembered, and that it is
/// meant for the server that is called.
/// </summary>
internal sealed class BearerEvents(AccessState state, TokenCache cache, Audiences audiences) : JwtBearerEvents
{
    public override async Task MessageReceived(MessageReceivedContext context)
    {
        var token = Credential.Of(context.Request).Text;
        var model = state.Current;
        if (await cache.FindAsync(token, model, context.HttpContext.RequestAborted) is { } known)
        {
            if (audiences.Accept(known.Caller, known.Issuer, context.HttpContext))
            {
                context.Principal = known.Caller;
                context.Success();
            }
            else
            {
                context.Fail(NotForHere());
            }

            return;
        }

        try
        {
            context.HttpContext.Features.Set(await PrepareAsync(token, model, context.HttpContext.RequestAborted));
            context.Token = token;
        }
        catch (CredentialRefusedException refusal)
        {
            context.Fail(refusal);
        }
        catch (OperationCanceledException) when (context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            context.Fail(CredentialRefusedException.IssuerUnavailable()); // nobody is left to be told
        }
    }

    public override Task TokenValidated(TokenValidatedContext context)
    {
        var attempt = context.HttpContext.Features.Get<Attempt>()!;
        if (CallerClaims.Of(context.Principal ?? new ClaimsPrincipal()) is not { } caller)
        {
            context.Fail(CredentialRefusedException.InvalidToken("The token names no subject."));
            return Task.CompletedTask;
        }

        cache.Add(attempt.Token, new ValidatedToken(
            caller, attempt.Issuer, attempt.Keys, attempt.KeyId, new DateTimeOffset(context.SecurityToken.ValidTo)));
        context.Principal = caller;
        if (!audiences.Accept(caller, attempt.Issuer, context.HttpContext))
            context.Fail(NotForHere());
        return Task.CompletedTask;
    }

    public override Task AuthenticationFailed(AuthenticationFailedContext context)
    {
        // What is wrong with it in words of the gateway's own: the library's hold parts of the token.
        context.Fail(CredentialRefusedException.InvalidToken(context.Exception switch
        {
            SecurityTokenExpiredException or SecurityTokenNoExpirationException => "The token has expired, or never does.",
            SecurityTokenNotYetValidException => "The token is not valid yet.",
            SecurityTokenInvalidIssuerException => "The token's issuer is not one that is trusted here.",
            SecurityTokenSignatureKeyNotFoundException => "The token's key is not among those of its issuer.",
            _ => "The token's signature or form is not valid.",
        }));
        return Task.CompletedTask;
    }

    private static CredentialRefusedException NotForHere() =>
        CredentialRefusedException.InvalidToken("The token's audience is not this server.");

    // The algorithm is checked before the signature: a token with any other never reaches the keys.
    private static async Task<Attempt> PrepareAsync(string token, AccessModel model, CancellationToken cancellationToken)
    {
        if (TokenPeek.Of(token) is not { } peek)
            throw CredentialRefusedException.InvalidToken("The token is no signed JWT.");
        if (model.Find(peek.Issuer) is not { } issuer)
            throw CredentialRefusedException.InvalidToken("The token's issuer is not one that is trusted here.");
        if (!issuer.Allows(peek.Algorithm))
            throw CredentialRefusedException.InvalidToken("The token's algorithm is not allowed for its issuer.");
        // Before the check, so that a key that goes away meanwhile makes what is remembered void, not the other way round.
        var keys = await issuer.Keys.GetAsync(peek.KeyId, cancellationToken)
            ?? throw CredentialRefusedException.IssuerUnavailable();
        return new Attempt(token, issuer, keys, peek.KeyId);
    }

    /// <summary>A token on its way through JwtBearer.</summary>
    private sealed record Attempt(string Token, TokenIssuer Issuer, KeySet Keys, string? KeyId);
}
