using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Access.Keys;

/// <summary>
/// The keys of one issuer at one time. A rotation makes another: who remembers what one set has approved compares the
/// reference.
/// </summary>
internal sealed class KeySet(IEnumerable<SecurityKey> keys, string source = "")
{
    private readonly SecurityKey[] _keys = [.. keys];

    public int Count => _keys.Length;

    /// <summary>The text that they were read from.</summary>
    public string Source => source;

    /// <summary>Whether a token that names this key may be checked with any of them.</summary>
    public bool Has(string? id) => Array.Exists(_keys, key => Matches(key, id));

    /// <summary>
    /// Those that may have signed a token that names this key: that one, and keys that have no name. Not all of them: a
    /// key that is named is the only one that is meant.
    /// </summary>
    public IEnumerable<SecurityKey> Find(string? id) => _keys.Where(key => Matches(key, id));

    // To the library, a token that names no key names the empty one.
    private static bool Matches(SecurityKey key, string? id) =>
        string.IsNullOrEmpty(id) || string.IsNullOrEmpty(key.KeyId) || key.KeyId == id;
}
