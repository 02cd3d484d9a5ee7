namespace McpGateway.TestServer.Tools;

/// <summary>A tool and its handler.</summary>
internal sealed record Tool(string Name, string Description, Func<Call, CancellationToken, Task<ToolResult>> Handler)
{
    public Tool(string name, string description, Func<Call, ToolResult> handler)
        : this(name, description, (call, _) => Task.FromResult(handler(call)))
    {
    }
}
