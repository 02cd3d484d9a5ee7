namespace McpGateway.Configuration;

/// <summary>A remote MCP server.</summary>
public sealed record RemoteTarget : ServerTarget
{
    public required Uri Url { get; init; }

    /// <summary>Other addresses of the same server, each as good as <see cref="Url"/>.</summary>
    public EquatableList<Uri> OtherUrls { get; init; } = EquatableList<Uri>.Empty;

    public required RemoteTransport Transport { get; init; }

    /// <summary>Headers set on each request to it. Values are secrets, and may have placeholders (<see cref="UserText"/>).</summary>
    public EquatableMap<string> Headers { get; init; } = EquatableMap<string>.Empty;

    /// <summary>All of its addresses.</summary>
    public IEnumerable<Uri> Urls => [Url, .. OtherUrls];
}
