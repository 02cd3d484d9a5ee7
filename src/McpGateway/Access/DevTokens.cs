using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using McpGateway.Access.Authentication;
using McpGateway.Configuration;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Access;

/// <summary>Creates API keys, and tokens for development, without an identity provider.</summary>
internal static class DevTokens
{
    private const int KeyBytes = 32;

    // 64 bytes as text, which is what HS512 requires (RFC 7518, section 3.2).
    private const int SecretBytes = 48;

    /// <summary>A random text that is long enough for <c>SharedSecret</c>, whatever its algorithm.</summary>
    public static string CreateSecret() => Random(SecretBytes);

    /// <summary>An API key, and its hash for the settings.</summary>
    public static (string Key, string Sha256) CreateKey()
    {
        var key = Credential.KeyPrefix + Random(KeyBytes);
        return (key, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))));
    }

    /// <summary>A token of an issuer with a shared secret.</summary>
    /// <param name="issuer">The issuer's settings; valid.</param>
    /// <param name="request">The contents of the token.</param>
    /// <param name="now">The time from which it is valid.</param>
    public static string CreateToken(JwtIssuerOptions issuer, TokenRequest request, DateTimeOffset now)
    {
        var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(issuer.SharedSecret!));
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer.Issuer,
            Audience = request.Audience,
            Claims = new Dictionary<string, object>
            {
                [CallerClaims.Subject] = request.Subject, [CallerClaims.Scope] = string.Join(' ', request.Scopes),
            },
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + request.Lifetime).UtcDateTime,
            SigningCredentials = new SigningCredentials(key, JwtAlgorithms.Of(issuer)[0]),
        });
    }

    private static string Random(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}
