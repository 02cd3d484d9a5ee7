using System.Security.Claims;
using McpGateway.Access.Keys;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Access.Authentication;

/// <summary>
/// What JwtBearer does not do: it chooses the keys to verify a token with, caches validated tokens, and checks that a token is
/// meant for the server that is called.
/// </summary>
internal sealed class BearerEvents(AccessMonitor state, TokenCache cache, Audiences audiences) : JwtBearerEvents
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
            // JwtBearer passes no state from this event to TokenValidated, so it travels with the request.
            context.HttpContext.Features.Set(await PrepareAsync(token, model, context.HttpContext.RequestAborted));
            context.Token = token;
        }
        catch (CredentialRefusedException refusal)
        {
            context.Fail(refusal);
        }
        catch (OperationCanceledException) when (context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            context.Fail(CredentialRefusedException.IssuerUnavailable()); // the client is gone and reads no response
        }
    }

    public override Task TokenValidated(TokenValidatedContext context)
    {
        var attempt = context.HttpContext.Features.Get<Attempt>()!;
        if (CallerClaims.Of(context.Principal ?? new ClaimsPrincipal()) is not { } caller)
        {
            context.Fail(CredentialRefusedException.InvalidToken("The token has no subject."));
            return Task.CompletedTask;
        }

        // Before the audience is checked: the token is valid, and its audience is checked again at each use.
        cache.Add(attempt.Token, new ValidatedToken(
            caller, attempt.Issuer, attempt.Keys, attempt.KeyId, new DateTimeOffset(context.SecurityToken.ValidTo)));
        context.Principal = caller;
        if (!audiences.Accept(caller, attempt.Issuer, context.HttpContext))
            context.Fail(NotForHere());
        return Task.CompletedTask;
    }

    public override Task AuthenticationFailed(AuthenticationFailedContext context)
    {
        // Not the library's messages: they contain parts of the token.
        context.Fail(CredentialRefusedException.InvalidToken(context.Exception switch
        {
            SecurityTokenExpiredException or SecurityTokenNoExpirationException =>
                "The token has expired, or has no expiration time.",
            SecurityTokenNotYetValidException => "The token is not valid yet.",
            SecurityTokenInvalidIssuerException => "The issuer of the token is not trusted here.",
            SecurityTokenSignatureKeyNotFoundException => "The token is signed with a key that its issuer does not publish.",
            _ => "The token is malformed, or its signature is not valid.",
        }));
        return Task.CompletedTask;
    }

    private static CredentialRefusedException NotForHere() =>
        CredentialRefusedException.InvalidToken("The token is not for this server: its audience does not match.");

    // The algorithm is checked before the signature, so that no key is ever used with an algorithm that is not allowed.
    private static async Task<Attempt> PrepareAsync(string token, AccessModel model, CancellationToken cancellationToken)
    {
        if (TokenPeek.Of(token) is not { } peek)
            throw CredentialRefusedException.InvalidToken("The token is not a signed JWT.");
        if (model.Find(peek.Issuer) is not { } issuer)
            throw CredentialRefusedException.InvalidToken("The issuer of the token is not trusted here.");
        if (!issuer.Allows(peek.Algorithm))
            throw CredentialRefusedException.InvalidToken("The signature algorithm of the token is not allowed for its issuer.");
        // Taken before the signature is verified. If the keys change meanwhile, the cached token counts as outdated and is
        // verified again.
        var keys = await issuer.Keys.GetAsync(peek.KeyId, cancellationToken)
            ?? throw CredentialRefusedException.IssuerUnavailable();
        return new Attempt(token, issuer, keys, peek.KeyId);
    }

    /// <summary>A token that JwtBearer is validating.</summary>
    private sealed record Attempt(string Token, TokenIssuer Issuer, KeySet Keys, string? KeyId);
}
