using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using McpGateway.Access.Authentication;
using McpGateway.Configuration;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Access;

/// <summary>Makes keys, and for trials tokens, without an issuer.</summary>
public static class DevTokens
{
    private const int KeyBytes = 32;

    // As text 64 bytes: what HS512 asks for.
    private const int SecretBytes = 48;

    /// <summary>A random text that is long enough for <c>SharedSecret</c>, whatever its algorithm.</summary>
    public static string CreateSecret() => Random(SecretBytes);

    /// <summary>An API key, and the hash of it that the settings hold.</summary>
    public static (string Key, string Sha256) CreateKey()
    {
        var key = Credential.KeyPrefix + Random(KeyBytes);
        return (key, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))));
    }

    /// <summary>A token of an issuer with a shared secret.</summary>
    /// <param name="issuer">Its settings; valid.</param>
    /// <param name="wish">What is to stand in it.</param>
    /// <param name="now">When it begins to be valid.</param>
    public static string CreateToken(JwtIssuerOptions issuer, TokenRequest wish, DateTimeOffset now)
    {
        var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(issuer.SharedSecret!));
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer.Issuer,
            Audience = wish.Audience,
            Claims = new Dictionary<string, object>
            {
                [CallerClaims.Subject] = wish.Subject, [CallerClaims.Scope] = string.Join(' ', wish.Scopes),
            },
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + wish.Lifetime).UtcDateTime,
            SigningCredentials = new SigningCredentials(key, JwtAlgorithms.Of(issuer)[0]),
        });
    }

    private static string Random(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}
