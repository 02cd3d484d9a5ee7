namespace McpGateway.Configuration;

/// <summary>Which sessions share a child process of a server (docs/isolation.md).</summary>
public enum Isolation
{
    /// <summary>None: each MCP session has its own child.</summary>
    Session,

    /// <summary>The sessions of one user that declare the same client capabilities.</summary>
    User,

    /// <summary>All sessions. The child cannot send requests to clients.</summary>
    Shared,
}
