using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using McpGateway.Configuration;

namespace McpGateway.Access.Authentication;

/// <summary>The API keys from one load of the settings, by their hashes.</summary>
internal sealed class ApiKeySet(IEnumerable<ApiKeyOptions> keys)
{
    private readonly (byte[] Hash, ClaimsPrincipal Owner)[] _keys =
        [.. keys.Select(key => (Convert.FromHexString(key.Sha256), Owner(key)))];

    /// <returns>The owner of the key; null when the key is unknown.</returns>
    public ClaimsPrincipal? Find(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        ClaimsPrincipal? found = null;
        // Compares with every key, in constant time, so that the duration does not reveal how close a guess was.
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
