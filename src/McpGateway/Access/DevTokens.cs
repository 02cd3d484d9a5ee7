using System.Buffers.Text;
using System.IdentityModel.Tokens.Jwt;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using McpGateway.Access.Authentication;
using McpGateway.Configuration;
using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Access;

/// <summary>Creates API keys, and tokens for development, without an identity provider.</summary>
public static class DevTokens
{
    private const int Bytes = 32;

    /// <summary>A secret with 256 random bits as text, long enough for <c>SharedSecret</c>.</summary>
    public static string CreateSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>An API key, and its hash for the settings.</summary>
    public static (string Key, string Sha256) CreateKey()
    {
        var key = Credential.KeyPrefix + CreateSecret();
        return (key, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))));
    }

    /// <summary>A token of an issuer with a shared secret.</summary>
    /// <param name="issuer">The issuer's settings; valid.</param>
    /// <param name="request">The contents of the token.</param>
    /// <param name="now">The time from which it is valid.</param>
    public static string CreateToken(JwtIssuerOptions issuer, TokenRequest request, DateTimeOffset now)
    {
        var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(issuer.SharedSecret!));
        Claim[] claims = [new(CallerClaims.Subject, request.Subject), new(CallerClaims.Scope, string.Join(' ', request.Scopes))];
        var token = new JwtSecurityToken(
            issuer.Issuer, request.Audience, claims, now.UtcDateTime, (now + request.Lifetime).UtcDateTime,
            new SigningCredentials(key, JwtAlgorithms.Of(issuer)[0]));
        return new JwtSecurityTokenHandler().WriteToken(token);
    }
}

/// <summary>The contents of a token for development.</summary>
/// <param name="Subject">The user that the token is for.</param>
/// <param name="Audience">The server or gateway that it is for.</param>
/// <param name="Scopes">The scopes that it grants.</param>
/// <param name="Lifetime">How long it is valid.</param>
public sealed record TokenRequest(string Subject, string Audience, IReadOnlyList<string> Scopes, TimeSpan Lifetime);
