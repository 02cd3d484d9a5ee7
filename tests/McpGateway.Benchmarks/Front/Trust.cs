using System.Security.Cryptography;
using McpGateway.Configuration;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Benchmarks.Front;

/// <summary>A token issuer for the benchmark: its key, the settings to trust it, and its tokens.</summary>
internal sealed class Trust : IDisposable
{
    public const string Scope = "fast:use";
    public const string Group = "benchmarks";

    private const string Issuer = "https://issuer.example.com";
    private const string Audience = "benchmarks";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly RSA _key = RSA.Create(2048);

    /// <summary>Environment variables for a gateway that accepts its tokens.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["Access__Jwt__Issuers__0__Issuer"] = Issuer,
        ["Access__Jwt__Issuers__0__Audience"] = Audience,
        ["Access__Jwt__Issuers__0__PublicKeys__0"] = _key.ExportSubjectPublicKeyInfoPem(),
    };

    public string CreateToken()
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            Claims = new Dictionary<string, object> { ["sub"] = "alice", ["scope"] = Scope, ["groups"] = Group },
            IssuedAt = now,
            NotBefore = now,
            Expires = now + Lifetime,
            SigningCredentials = new SigningCredentials(new RsaSecurityKey(_key), SecurityAlgorithms.RsaSha256),
        });
    }

    public void Dispose() => _key.Dispose();
}
