namespace McpGateway.Sessions;

/// <summary>How a session's client is connected, which decides when the session ends.</summary>
internal enum SessionKind
{
    /// <summary>HTTP+SSE: all answers come on one stream, and the session ends with it.</summary>
    Sse,

    /// <summary>Streamable HTTP: answers come on each POST, and the session ends by DELETE or when idle.</summary>
    Streamable,

    /// <summary>
    /// Opened by the gateway for all of one user's calls without a session. Its callers know nothing of each other: their
    /// ids may collide, and what the server says goes to the call that it names or to nobody.
    /// </summary>
    Implicit,
}
