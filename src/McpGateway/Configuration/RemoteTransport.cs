namespace McpGateway.Configuration;

/// <summary>The transport of a remote server.</summary>
public enum RemoteTransport
{
    /// <summary>Streamable HTTP (2025-03-26 and later).</summary>
    StreamableHttp,

    /// <summary>HTTP+SSE (2024-11-05).</summary>
    Sse,
}
