namespace McpGateway.Configuration.Reading;

/// <summary>
/// An error or a warning in gateway.json. It never contains an expanded value: findings are logged, and the value may be a
/// secret.
/// </summary>
/// <param name="Path">A JSON path such as <c>$.mcpServers.github.args[1]</c>.</param>
/// <param name="Message">What is wrong and how to fix it.</param>
internal sealed record ConfigFinding(string Path, string Message)
{
    public override string ToString() => $"{Path}: {Message}";
}
