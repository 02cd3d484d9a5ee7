namespace McpGateway.Configuration;

/// <summary>Who shares a server's child process (docs/isolation.md).</summary>
public enum Isolation
{
    /// <summary>Nobody: each MCP session has its own.</summary>
    Session,

    /// <summary>The sessions of one user that declare the same client capabilities.</summary>
    User,

    /// <summary>All sessions. The child cannot ask clients anything.</summary>
    Shared,
}
