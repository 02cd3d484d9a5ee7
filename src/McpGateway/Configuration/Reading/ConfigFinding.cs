namespace McpGateway.Configuration.Reading;

/// <summary>Something found in gateway.json: where, and what to write instead. Holds no expanded value.</summary>
/// <param name="Path">A JSON path such as <c>$.mcpServers.github.args[1]</c>.</param>
/// <param name="Message">What is wrong and what to write instead.</param>
internal sealed record ConfigFinding(string Path, string Message)
{
    public override string ToString() => $"{Path}: {Message}";
}
