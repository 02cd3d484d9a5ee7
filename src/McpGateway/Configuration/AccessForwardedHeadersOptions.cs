namespace McpGateway.Configuration;

/// <summary>Section <c>Access:ForwardedHeaders</c>.</summary>
internal sealed class AccessForwardedHeadersOptions
{
    /// <summary>
    /// Networks, such as 10.0.0.0/8, of proxies whose X-Forwarded-For, -Proto and -Host are trusted. Default: none.
    /// </summary>
    public IReadOnlyList<string> KnownNetworks { get; set => field = value ?? []; } = [];
}
