using McpGateway.Access.Keys;

namespace McpGateway.Configuration;

/// <summary>Section <c>Access:Jwt</c>: whose tokens are accepted.</summary>
internal sealed class JwtOptions
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

/// <summary>One issuer. Its keys come from exactly one place.</summary>
internal sealed class JwtIssuerOptions
{
    /// <summary>The <c>iss</c> of its tokens, to the letter.</summary>
    public string Issuer { get; set; } = string.Empty;

    /// <summary>The <c>aud</c> that its tokens must carry, unless they carry the URL of the server that is called.</summary>
    public string? Audience { get; set; }

    /// <summary>Base of its discovery document (OpenID Connect Discovery 1.0), which names its keys.</summary>
    public string? Authority { get; set; }

    /// <summary>URL of its keys (RFC 7517), for an issuer without discovery.</summary>
    public string? JwksUrl { get; set; }

    /// <summary>A file with its public keys (RFC 7517).</summary>
    public string? JwksFile { get; set; }

    /// <summary>Its public keys as PEM texts.</summary>
    public IReadOnlyList<string> PublicKeys { get; set => field = value ?? []; } = [];

    /// <summary>For trials: a secret, shared with whoever signs. At least 32 bytes of UTF-8.</summary>
    public string? SharedSecret { get; set; }

    /// <summary>
    /// The algorithms that its tokens may be signed with. Default: those of <see cref="JwtAlgorithms.Asymmetric"/>; with
    /// a shared secret HS256.
    /// </summary>
    public IReadOnlyList<string> Algorithms { get; set => field = value ?? []; } = [];

    /// <summary>How far its clock may be off. Default 30 seconds.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);
}
