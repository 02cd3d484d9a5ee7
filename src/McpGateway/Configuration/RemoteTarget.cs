namespace McpGateway.Configuration;

/// <summary>A remote MCP server.</summary>
internal sealed record RemoteTarget : ServerTarget
{
    public required Uri Url { get; init; }

    /// <summary>Further URLs of the same server, equivalent to <see cref="Url"/>.</summary>
    public EquatableList<Uri> OtherUrls { get; init; } = EquatableList<Uri>.Empty;

    public required RemoteTransport Transport { get; init; }

    /// <summary>
    /// Headers to set on each request. Values are secrets, and may contain placeholders (<see cref="UserText"/>).
    /// </summary>
    public EquatableMap<string> Headers { get; init; } = EquatableMap<string>.Empty;

    /// <summary>All URLs of the server.</summary>
    public IEnumerable<Uri> Urls => [Url, .. OtherUrls];
}
