namespace McpGateway.Configuration;

/// <summary>
/// Section <c>Access</c> of appsettings.json: who may reach the gateway, and under which name. A null in the file, which
/// the binder passes on whatever the type says, is as if the key were left out.
/// </summary>
public sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>Hosts allowed when none are configured: those that only this machine can mean.</summary>
    public static IReadOnlyList<string> LoopbackHosts { get; } = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>True: no authentication at all. False: required. Null (the default): none needed on loopback only.</summary>
    public bool? Anonymous { get; set; }

    /// <summary>The base of every URL that is handed out, as clients see it; null: what the request's Host says.</summary>
    public string? PublicUrl { get; set; }

    public JwtOptions Jwt { get; set => field = value ?? new(); } = new();

    /// <summary>Keys for callers without an issuer.</summary>
    public IReadOnlyList<ApiKeyOptions> ApiKeys { get; set => field = value ?? []; } = [];

    public AccessCorsOptions Cors { get; set => field = value ?? new(); } = new();

    public AccessHttpsOptions Https { get; set => field = value ?? new(); } = new();

    public AccessRateLimitOptions RateLimit { get; set => field = value ?? new(); } = new();

    /// <summary>
    /// Values of the Host header, without port, that are answered, besides that of <see cref="PublicUrl"/>. Default:
    /// <see cref="LoopbackHosts"/>.
    /// </summary>
    // Not initialised to its default: the binder would add the configured hosts to it, and none could be taken away.
    public IReadOnlyList<string> AllowedHosts { get; set => field = value ?? []; } = [];

    public AccessForwardedHeadersOptions ForwardedHeaders { get; set => field = value ?? new(); } = new();

    /// <summary>
    /// Request headers that <c>${header:NAME}</c> in gateway.json may name: what a user brings along for a server of theirs.
    /// Default: none.
    /// </summary>
    public IReadOnlyList<string> UserHeaders { get; set => field = value ?? []; } = [];

    /// <summary>Whether <c>${header:NAME}</c> may name this header.</summary>
    public bool IsUserHeader(string name) => UserHeaders.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether there is a way to authenticate.</summary>
    public bool HasCredentials => Jwt.Issuers.Count + ApiKeys.Count > 0;
}
