namespace McpGateway.Configuration;

/// <summary>An issuer of tokens. Its keys come from exactly one source.</summary>
internal sealed class JwtIssuerOptions
{
    /// <summary>The <c>iss</c> claim of its tokens, exactly as it is written there.</summary>
    public string Issuer { get; set; } = string.Empty;

    /// <summary>The <c>aud</c> that its tokens must have, unless they have the URL of the server that is called.</summary>
    public string? Audience { get; set; }

    /// <summary>The base URL of its discovery document (OpenID Connect Discovery 1.0), which says where its keys are.</summary>
    public string? Authority { get; set; }

    /// <summary>The URL of its key set (RFC 7517), for an issuer without discovery.</summary>
    public string? JwksUrl { get; set; }

    /// <summary>A file with its key set (RFC 7517).</summary>
    public string? JwksFile { get; set; }

    /// <summary>Its public keys, in PEM format.</summary>
    public IReadOnlyList<string> PublicKeys { get; set => field = value ?? []; } = [];

    /// <summary>For development: a secret shared with whoever signs the tokens. At least 32 bytes of UTF-8.</summary>
    public string? SharedSecret { get; set; }

    /// <summary>
    /// The algorithms that its tokens may be signed with. Default: those of <see cref="JwtAlgorithms.Asymmetric"/>, or HS256
    /// with a shared secret.
    /// </summary>
    public IReadOnlyList<string> Algorithms { get; set => field = value ?? []; } = [];

    /// <summary>How far its clock may differ from the gateway's. Default 30 seconds.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);
}
