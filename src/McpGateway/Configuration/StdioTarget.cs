namespace McpGateway.Configuration;

/// <summary>A server started here as a child process that speaks MCP on its standard input and output.</summary>
public sealed record StdioTarget : ServerTarget
{
    /// <summary>A program's path, or a name looked up on the child's PATH. Never given to a shell.</summary>
    public required string Command { get; init; }

    public EquatableList<string> Arguments { get; init; } = EquatableList<string>.Empty;

    /// <summary>Variables from <c>envFile</c> and <c>env</c>, the latter winning. Values are secrets, and may have placeholders (<see cref="UserText"/>).</summary>
    public EquatableMap<string> Environment { get; init; } = EquatableMap<string>.Empty;

    /// <summary>Whether a user's own values are part of it (<see cref="UserText"/>), so that no two users may share a child.</summary>
    public bool IsPersonal => Environment.Values.Any(UserText.HasPlaceholder);

    /// <summary>What must not be seen in what the child prints: the variables' values, and what <c>${…}</c> put in elsewhere.</summary>
    public EquatableList<string> Secrets { get; init; } = EquatableList<string>.Empty;

    /// <summary>Who shares its children.</summary>
    public Isolation Isolation { get; init; }

    /// <summary>True: the child sees the gateway's whole environment; false: only a short safe list of it.</summary>
    public bool InheritEnvironment { get; init; }

    /// <summary>Absolute; null: the gateway's own working directory.</summary>
    public string? WorkingDirectory { get; init; }
}
