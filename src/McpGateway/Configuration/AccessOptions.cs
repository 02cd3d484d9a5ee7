namespace McpGateway.Configuration;

/// <summary>
/// Section <c>Access</c> of appsettings.json: who may use the gateway, and under which name clients reach it. The binder assigns
/// null even to non-nullable properties when the file says null; the setters treat that like a missing key.
/// </summary>
internal sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>The hosts allowed when none are configured: names that always mean the local machine.</summary>
    public static IReadOnlyList<string> LoopbackHosts { get; } = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>True: no authentication. False: required. Null (the default): not required on loopback addresses.</summary>
    public bool? Anonymous { get; set; }

    /// <summary>
    /// The gateway's URL as clients see it, the base of every URL that it gives out; null: taken from the request's Host.
    /// </summary>
    public string? PublicUrl { get; set; }

    public JwtOptions Jwt { get; set => field = value ?? new(); } = new();

    /// <summary>Keys for callers that have no token issuer.</summary>
    public IReadOnlyList<ApiKeyOptions> ApiKeys { get; set => field = value ?? []; } = [];

    public AccessCorsOptions Cors { get; set => field = value ?? new(); } = new();

    public AccessHttpsOptions Https { get; set => field = value ?? new(); } = new();

    public AccessRateLimitOptions RateLimit { get; set => field = value ?? new(); } = new();

    /// <summary>
    /// Values of the Host header, without port, that are accepted, in addition to that of <see cref="PublicUrl"/>. Default:
    /// <see cref="LoopbackHosts"/>.
    /// </summary>
    // Not initialized with its default: the binder appends to a list, so nobody could remove the default hosts.
    public IReadOnlyList<string> AllowedHosts { get; set => field = value ?? []; } = [];

    public AccessForwardedHeadersOptions ForwardedHeaders { get; set => field = value ?? new(); } = new();

    /// <summary>
    /// Request headers that <c>${header:NAME}</c> in gateway.json may use: values that users send for a server.
    /// Default: none.
    /// </summary>
    public IReadOnlyList<string> UserHeaders { get; set => field = value ?? []; } = [];

    /// <summary>Whether <c>${header:NAME}</c> may use this header.</summary>
    public bool IsUserHeader(string name) => UserHeaders.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether callers have a way to authenticate.</summary>
    public bool HasCredentials => Jwt.Issuers.Count + ApiKeys.Count > 0;
}
