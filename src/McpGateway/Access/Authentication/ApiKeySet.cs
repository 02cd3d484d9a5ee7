using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using McpGateway.Configuration;

namespace McpGateway.Access.Authentication;

/// <summary>The API keys of one reading of the settings, by their hashes.</summary>
internal sealed class ApiKeySet(IEnumerable<ApiKeyOptions> keys)
{
    private readonly (byte[] Hash, ClaimsPrincipal Owner)[] _keys =
        [.. keys.Select(key => (Convert.FromHexString(key.Sha256), Owner(key)))];

    /// <returns>Whose key it is; null when it is nobody's.</returns>
    public ClaimsPrincipal? Find(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        ClaimsPrincipal? found = null;
        // Each is compared, and each to its end: the time it takes tells nothing of how near a guess came.
        foreach (var (known, owner) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(known, hash))
                found = owner;
        }

        return found;
    }

    private static ClaimsPrincipal Owner(ApiKeyOptions key) => CallerClaims.Of(
        [
            new(CallerClaims.Issuer, CallerClaims.ApiKeyIssuer),
            new(CallerClaims.Subject, key.Name),
            .. key.Scopes.Select(scope => new Claim(CallerClaims.Scope, scope)),
        ],
        CallerClaims.ApiKeyIssuer);
}
