using System.Buffers.Text;
using System.IdentityModel.Tokens.Jwt;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using McpGateway.Access.Authentication;
using McpGateway.Configuration;
using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Access;

/// <summary>Makes keys, and for trials tokens, without an issuer.</summary>
internal static class DevTokens
{
    private const int Bytes = 32;

    /// <summary>A secret of 256 random bits as text, long enough for <c>SharedSecret</c>.</summary>
    public static string CreateSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>An API key, and the hash of it that the settings hold.</summary>
    public static (string Key, string Sha256) CreateKey()
    {
        var key = Credential.KeyPrefix + CreateSecret();
        return (key, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))));
    }

    /// <summary>A token of an issuer with a shared secret.</summary>
    /// <param name="issuer">Its settings; valid.</param>
    /// <param name="wish">What is to stand in it.</param>
    /// <param name="now">When it begins to be valid.</param>
    public static string CreateToken(JwtIssuerOptions issuer, TokenRequest wish, DateTimeOffset now)
    {
        var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(issuer.SharedSecret!));
        Claim[] claims = [new(CallerClaims.Subject, wish.Subject), new(CallerClaims.Scope, string.Join(' ', wish.Scopes))];
        var token = new JwtSecurityToken(
            issuer.Issuer, wish.Audience, claims, now.UtcDateTime, (now + wish.Lifetime).UtcDateTime,
            new SigningCredentials(key, JwtAlgorithms.Of(issuer)[0]));
        return new JwtSecurityTokenHandler().WriteToken(token);
    }
}
