using McpGateway.Configuration;

namespace McpGateway.Access.Keys;

/// <summary>A trusted issuer, according to one load of the settings.</summary>
internal sealed class TokenIssuer(JwtIssuerOptions options, IKeySource keys)
{
    private readonly HashSet<string> _algorithms = new(JwtAlgorithms.Of(options), StringComparer.Ordinal);

    public string Name => options.Issuer;

    public string? Audience => options.Audience;

    public TimeSpan ClockSkew => options.ClockSkew;

    public IKeySource Keys => keys;

    public bool Allows(string algorithm) => _algorithms.Contains(algorithm);
}
