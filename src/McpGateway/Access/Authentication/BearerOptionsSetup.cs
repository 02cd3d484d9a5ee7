using McpGateway.Access.Keys;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Access.Authentication;

/// <summary>
/// Configures JwtBearer for all issuers together. Issuers change with the settings, so issuer, keys and lifetime are validated
/// with the current state when a token arrives.
/// </summary>
internal sealed class BearerOptionsSetup(AccessMonitor state, TimeProvider time) : IConfigureNamedOptions<JwtBearerOptions>
{
    public void Configure(string? name, JwtBearerOptions options) => Configure(options);

    public void Configure(JwtBearerOptions options)
    {
        options.EventsType = typeof(BearerEvents);
        options.SaveToken = false; // nothing after this step needs it
        options.TokenHandlers.Clear();
        options.TokenHandlers.Add(new ExactTokenHandler());
        options.TokenValidationParameters = new TokenValidationParameters
        {
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ValidateIssuer = true,
            IssuerValidator = (issuer, _, _) => Find(issuer).Name,
            // Cannot wait for a fetch. BearerEvents has done that before.
            IssuerSigningKeyResolver = (_, token, id, _) => Keys(token.Issuer).Find(id),
            ValidateLifetime = true,
            LifetimeValidator = (from, to, token, _) => IsInForce(from, to, Find(token.Issuer).ClockSkew),
            // The audience depends on the server that is called. BearerEvents checks it, also for cached tokens.
            ValidateAudience = false,
        };
    }

    private TokenIssuer Find(string issuer) => state.Current.Find(issuer) ?? throw new SecurityTokenInvalidIssuerException();

    private KeySet Keys(string issuer) => Find(issuer).Keys.Current ?? throw new SecurityTokenSignatureKeyNotFoundException();

    private bool IsInForce(DateTime? from, DateTime? to, TimeSpan skew)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (from > now + skew)
            throw new SecurityTokenNotYetValidException();
        return to > now - skew ? true : throw new SecurityTokenExpiredException();
    }
}
