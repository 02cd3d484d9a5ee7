namespace McpGateway.Http;

/// <summary>The handlers, one for each path of a server.</summary>
internal sealed record HttpTransports(StreamableHttpHandler StreamableHttp, SseHandler Sse, MessageHandler Message);
