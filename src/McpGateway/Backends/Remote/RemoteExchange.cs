namespace McpGateway.Backends.Remote;

/// <summary>
/// One request to a remote server: everything that is sent, and what receives the response. Nothing else of the client's request
/// is forwarded.
/// </summary>
internal sealed record RemoteExchange
{
    /// <summary>Returns the URL to call, for the URL of the chosen address.</summary>
    public required Func<Uri, Uri> Target { get; init; }

    /// <summary>All headers except those of the body.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>Checked JSON; null for no body.</summary>
    public byte[]? Body { get; init; }

    /// <summary>
    /// Whether the response may take any time to begin: some servers send not even the headers before a stream's first event.
    /// </summary>
    public bool IsStream { get; init; }

    /// <summary>
    /// Receives the response, which the caller disposes of. An exception means a defect of the gateway, or that the client has
    /// left.
    /// </summary>
    public Func<HttpResponseMessage, UpstreamAddress, Task> Receive { get; init; } =
        (_, _) => throw new InvalidOperationException("Nothing receives the response.");
}
