namespace McpGateway.Configuration;

/// <summary>Section <c>Access:Https</c>. The certificate itself is in section Kestrel, as everywhere in ASP.NET Core.</summary>
public sealed class AccessHttpsOptions
{
    private static readonly TimeSpan LongestAge = TimeSpan.FromDays(730);

    /// <summary>Whether requests by http are sent to https. Default false.</summary>
    public bool Redirect { get; set; }

    /// <summary>Where they are sent to; null: the port of an https PublicUrl.</summary>
    public int? Port { get; set; }

    /// <summary>How long browsers are to come by https only (Strict-Transport-Security); null (the default): they are not told.</summary>
    public TimeSpan? HstsMaxAge { get; set; }

    internal IEnumerable<string> Errors(string? publicUrl)
    {
        if (Port is < 1 or > 65535)
            yield return "Access:Https:Port: write a port from 1 to 65535";
        if (Redirect && Port is null && publicUrl?.StartsWith("https://", StringComparison.Ordinal) is not true)
            yield return "Access:Https:Redirect: say where to, by Access:Https:Port or by an Access:PublicUrl that begins with https://";
        if (HstsMaxAge is { } age && (age < TimeSpan.FromSeconds(1) || age > LongestAge))
            yield return "Access:Https:HstsMaxAge: write a time from 00:00:01 to 730.00:00:00, such as 365.00:00:00";
    }
}
