namespace McpGateway.Backends.Stdio.Launching.Processes;

/// <summary>A program to start, without a shell in between.</summary>
/// <param name="FileName">An absolute path.</param>
/// <param name="Arguments">Passed one by one, never joined.</param>
/// <param name="Environment">All variables that the program sees. Values are secrets.</param>
/// <param name="WorkingDirectory">Null: the gateway's own.</param>
internal sealed record LaunchSpec(
    string FileName,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string? WorkingDirectory)
{
    /// <summary>
    /// A program to start instead. It gets <see cref="FileName"/> and the arguments, and replaces itself by that program. Null
    /// for none.
    /// </summary>
    public string? Wrapper { get; init; }
}
