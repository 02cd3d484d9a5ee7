namespace McpGateway.Sessions;

/// <summary>The names of events that are not JSON-RPC messages (HTTP+SSE, 2024-11-05).</summary>
internal static class SseEvents
{
    /// <summary>The first of a stream: its data is the URL to which the client posts.</summary>
    public const string Endpoint = "endpoint";
}
