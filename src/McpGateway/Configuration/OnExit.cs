namespace McpGateway.Configuration;

/// <summary>What happens to a session whose child has ended (docs/processes.md).</summary>
public enum OnExit
{
    /// <summary>The session's next message starts a new child, and the gateway restores the session's state in it.</summary>
    Revive,

    /// <summary>The session ends too.</summary>
    Terminate,
}
