namespace McpGateway.Backends.Remote;

/// <summary>
/// One request to a remote server: all that it is told, and what becomes of its answer. Nothing else of the client's passes.
/// </summary>
internal sealed record RemoteExchange
{
    /// <summary>Where to, at the address that is chosen.</summary>
    public required Func<Uri, Uri> Target { get; init; }

    /// <summary>All headers but those of the body.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>JSON, checked; null for none.</summary>
    public byte[]? Body { get; init; }

    /// <summary>
    /// Whether its answer may take any time to begin, as a stream's does whose server sends nothing before the first event.
    /// </summary>
    public bool IsStream { get; init; }

    /// <summary>
    /// Takes the answer, which the caller disposes of. What fails here is the gateway's own defect, or the client has left.
    /// </summary>
    public Func<HttpResponseMessage, UpstreamAddress, Task> Receive { get; init; } =
        (_, _) => throw new InvalidOperationException("Nothing takes the answer.");
}
