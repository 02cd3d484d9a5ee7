namespace McpGateway.JsonRpc;

/// <summary>The codes of the gateway's own errors (JSON-RPC 2.0, section 5.1, and MCP's use of the range for servers).</summary>
internal static class JsonRpcErrorCode
{
    public const int ParseError = -32700;
    public const int InvalidRequest = -32600;
    public const int MethodNotFound = -32601;
    public const int InvalidParams = -32602;
    public const int InternalError = -32603;

    /// <summary>A header that the transport requires is missing, or the Origin or Host is not allowed.</summary>
    public const int Refused = -32000;

    /// <summary>The server or the session does not exist for this caller.</summary>
    public const int NotFound = -32001;

    /// <summary>The credential is missing, invalid or insufficient. WWW-Authenticate says what is needed.</summary>
    // MCP defines no code for it: the HTTP status and the challenge tell the two apart.
    public const int Unauthorized = NotFound;

    /// <summary>A limit is reached. Retry-After says when to try again.</summary>
    public const int Overloaded = -32003;

    /// <summary>The user must open a URL first. <c>data.elicitations</c> contains it (revision 2025-11-25).</summary>
    public const int UrlElicitationRequired = -32042;

    /// <summary>The protocol version is not supported. <c>data.supported</c> lists the supported ones.</summary>
    public const int UnsupportedProtocolVersion = -32022;
}
