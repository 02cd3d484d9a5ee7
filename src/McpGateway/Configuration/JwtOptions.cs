namespace McpGateway.Configuration;

/// <summary>Section <c>Access:Jwt</c>: which issuers' tokens are accepted.</summary>
internal sealed class JwtOptions
{
    public IReadOnlyList<JwtIssuerOptions> Issuers { get; set => field = value ?? []; } = [];

    /// <summary>The age at which an issuer's keys are fetched again. Default 15 minutes.</summary>
    public TimeSpan KeyLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// The minimum time between two fetches from one issuer, so that tokens with invented key ids cannot make the gateway flood
    /// it with requests. Default 30 seconds.
    /// </summary>
    public TimeSpan KeyFetchInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many validated tokens to cache, so that not every message costs a signature check. When the cache is full, further
    /// tokens are validated each time. 0: no cache. Default 10000, which takes about 40 MB.
    /// </summary>
    public int CachedTokens { get; set; } = 10_000;

    /// <summary>
    /// A prefix that clients must add to a scope's name when they request it, although tokens contain the name without it, as
    /// Entra ID does. <c>{resource}</c> is replaced by the URL of the endpoint. Default: none.
    /// </summary>
    public string ScopePrefix { get; set => field = value ?? string.Empty; } = string.Empty;
}
