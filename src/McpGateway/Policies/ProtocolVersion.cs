namespace McpGateway.Policies;

/// <summary>The revisions of MCP that are served, oldest first.</summary>
internal static class ProtocolVersion
{
    public const string V2024November = "2024-11-05";
    public const string V2025March = "2025-03-26";
    public const string V2025June = "2025-06-18";
    public const string V2025November = "2025-11-25";

    /// <summary>What the gateway asks for when it does the handshake itself.</summary>
    public const string Latest = V2025November;

    /// <summary>What a request over HTTP is in when it does not say so (Streamable HTTP, "Protocol Version Header").</summary>
    public const string AssumedByHttp = V2025March;

    public static IReadOnlyList<string> Served { get; } = [V2024November, V2025March, V2025June, V2025November];

    public static bool IsServed(string version) => Served.Contains(version, StringComparer.Ordinal);

    /// <summary>The lower of two revisions; the first when the second is none that is served.</summary>
    public static string Lower(string spoken, string? requested) =>
        // Revisions are dates in ISO form, so their order is that of their text.
        requested is not null && IsServed(requested) && string.CompareOrdinal(requested, spoken) < 0 ? requested : spoken;

    /// <summary>Only one revision has batches.</summary>
    public static bool AllowsBatches(string version) => version == V2025March;
}
