namespace McpGateway.Sessions;

/// <summary>The HTTP header fields of MCP (Streamable HTTP).</summary>
internal static class McpHeaders
{
    public const string SessionId = "Mcp-Session-Id";
    public const string ProtocolVersion = "MCP-Protocol-Version";
    public const string LastEventId = "Last-Event-ID";
}
