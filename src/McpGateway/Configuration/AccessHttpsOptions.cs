namespace McpGateway.Configuration;

/// <summary>
/// Section <c>Access:Https</c>. The certificate is configured in section <c>Kestrel</c>, as in every ASP.NET Core application.
/// </summary>
internal sealed class AccessHttpsOptions
{
    // Two years, as https://hstspreload.org recommends. Browsers keep the setting that long, even if HTTPS is switched off.
    private static readonly TimeSpan LongestAge = TimeSpan.FromDays(730);

    /// <summary>Whether HTTP requests are redirected to HTTPS. Default false.</summary>
    public bool Redirect { get; set; }

    /// <summary>The port to redirect to; null: the port of <see cref="AccessOptions.PublicUrl"/>.</summary>
    public int? Port { get; set; }

    /// <summary>
    /// How long browsers must use HTTPS only (Strict-Transport-Security, RFC 6797); null (the default): the header is not sent.
    /// </summary>
    public TimeSpan? HstsMaxAge { get; set; }

    internal IEnumerable<string> Errors(string? publicUrl)
    {
        if (Port is < 1 or > 65535)
            yield return "Access:Https:Port: write a port from 1 to 65535";
        if (Redirect && Port is null && publicUrl?.StartsWith("https://", StringComparison.Ordinal) is not true)
        {
            yield return "Access:Https:Redirect: the port to redirect to is not known; set Access:Https:Port, or an "
                + "Access:PublicUrl that begins with https://";
        }

        if (HstsMaxAge is { } age && (age < TimeSpan.FromSeconds(1) || age > LongestAge))
            yield return "Access:Https:HstsMaxAge: write a time from 00:00:01 to 730.00:00:00, such as 365.00:00:00";
    }
}
