using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Access.Keys;

/// <summary>
/// The keys of an issuer at one time. A key rotation creates another object, so a cache can compare references to find out
/// whether its entries are still current.
/// </summary>
internal sealed class KeySet(IEnumerable<SecurityKey> keys, string source = "")
{
    private readonly SecurityKey[] _keys = [.. keys];

    public int Count => _keys.Length;

    /// <summary>The text that the keys were read from.</summary>
    public string Source => source;

    /// <summary>Whether any of the keys may verify a token with this key id.</summary>
    public bool Has(string? id) => Array.Exists(_keys, key => Matches(key, id));

    /// <summary>
    /// The keys that may verify a token with this key id: the key with that id, and keys without an id. Not all keys: a token
    /// with a key id must be signed with that key.
    /// </summary>
    public IEnumerable<SecurityKey> Find(string? id) => _keys.Where(key => Matches(key, id));

    // IdentityModel passes an empty string for a token without `kid`.
    private static bool Matches(SecurityKey key, string? id) =>
        string.IsNullOrEmpty(id) || string.IsNullOrEmpty(key.KeyId) || key.KeyId == id;
}
