namespace McpGateway.Configuration;

/// <summary>One entry of <c>Access:ApiKeys</c>. The settings contain only the hash of a key.</summary>
internal sealed class ApiKeyOptions
{
    /// <summary>Who uses the key. Sessions are bound to this name.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>SHA-256 of the key's text, in hexadecimal.</summary>
    // A plain hash is enough: `token key` creates keys with 256 random bits, which unlike passwords cannot be guessed.
    public string Sha256 { get; set; } = string.Empty;

    /// <summary>The scopes that it grants.</summary>
    public IReadOnlyList<string> Scopes { get; set => field = value ?? []; } = [];
}
