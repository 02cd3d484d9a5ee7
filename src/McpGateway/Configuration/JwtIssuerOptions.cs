namespace McpGateway.Configuration;

/// <summary>One issuer. Its keys come from exactly one place.</summary>
public sealed class JwtIssuerOptions
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
