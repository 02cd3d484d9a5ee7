namespace McpGateway.Configuration;

/// <summary>What becomes of a session whose child has ended (docs/processes.md).</summary>
public enum OnExit
{
    /// <summary>The session's next message starts a new child, which is told what the old one knew.</summary>
    Revive,

    /// <summary>The session ends too.</summary>
    Terminate,
}
