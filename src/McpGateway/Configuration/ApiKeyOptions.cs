namespace McpGateway.Configuration;

/// <summary>One of <c>Access:ApiKeys</c>. The key itself is nowhere in the settings, only its hash.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>Who comes with it: the subject that sessions are bound to.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>SHA-256 of the key's text, in hexadecimal.</summary>
    public string Sha256 { get; set; } = string.Empty;

    /// <summary>What it may do.</summary>
    public IReadOnlyList<string> Scopes { get; set => field = value ?? []; } = [];
}
