namespace McpGateway.Configuration;

/// <summary>A server that is started as a child process and speaks MCP on its standard input and output.</summary>
internal sealed record StdioTarget : ServerTarget
{
    /// <summary>The path of a program, or a name to find on the child's PATH. It is never passed to a shell.</summary>
    public required string Command { get; init; }

    public EquatableList<string> Arguments { get; init; } = EquatableList<string>.Empty;

    /// <summary>
    /// Variables from <c>envFile</c> and <c>env</c>; the latter wins. Values are secrets, and may contain placeholders
    /// (<see cref="UserText"/>).
    /// </summary>
    public EquatableMap<string> Environment { get; init; } = EquatableMap<string>.Empty;

    /// <summary>
    /// Whether the environment contains values of the user (<see cref="UserText"/>). Two users must not share such a child.
    /// </summary>
    public bool IsPersonal => Environment.Values.Any(UserText.HasPlaceholder);

    /// <summary>
    /// Texts to mask in what the child prints: the values of the variables, and what <c>${…}</c> inserted into other keys.
    /// </summary>
    public EquatableList<string> Secrets { get; init; } = EquatableList<string>.Empty;

    /// <summary>Which sessions share a child.</summary>
    public Isolation Isolation { get; init; }

    /// <summary>
    /// True: the child inherits the gateway's whole environment. False: only a short list of harmless variables.
    /// </summary>
    public bool InheritEnvironment { get; init; }

    /// <summary>An absolute path; null: the gateway's own working directory.</summary>
    public string? WorkingDirectory { get; init; }
}
