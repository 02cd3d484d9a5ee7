namespace McpGateway.Configuration;

/// <summary>Section <c>Access:Jwt</c>: whose tokens are accepted.</summary>
public sealed class JwtOptions
{
    public IReadOnlyList<JwtIssuerOptions> Issuers { get; set => field = value ?? []; } = [];

    /// <summary>How old an issuer's fetched keys may become before they are fetched again. Default 15 minutes.</summary>
    public TimeSpan KeyLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// The least time between two fetches from one issuer, so that tokens with made-up keys cannot make the gateway
    /// hammer it. Default 30 seconds.
    /// </summary>
    public TimeSpan KeyFetchInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Validated tokens that are remembered, so that not each message costs a signature. When it is full, a token is
    /// validated each time. 0: none is remembered. Default 10000, which takes some 40 MB.
    /// </summary>
    public int CachedTokens { get; set; } = 10_000;

    /// <summary>
    /// What clients must write before a scope's name when they ask for it, where tokens have the name alone, as those of
    /// Entra ID do. <c>{resource}</c> in it stands for the URL of the endpoint. Default: nothing.
    /// </summary>
    public string ScopePrefix { get; set => field = value ?? string.Empty; } = string.Empty;
}
