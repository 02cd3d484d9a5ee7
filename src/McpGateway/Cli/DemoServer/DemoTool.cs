using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpGateway.Cli.DemoServer;

/// <summary>A tool with a literal schema that returns one text. An McpException from its handler becomes a tool error.</summary>
internal sealed class DemoTool(
    string name, string title, string description,
    [StringSyntax(StringSyntaxAttribute.Json)] string inputSchema,
    Func<RequestContext<CallToolRequestParams>, CancellationToken, ValueTask<string>> handler) : McpServerTool
{
    public override Tool ProtocolTool { get; } = new()
    {
        Name = name,
        Title = title,
        Description = description,
        InputSchema = JsonElement.Parse(inputSchema),
    };

    public override IReadOnlyList<object> Metadata => [];

    public override async ValueTask<CallToolResult> InvokeAsync(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        try
        {
            return Answer(await handler(request, cancellationToken), isError: null);
        }
        catch (McpException e)
        {
            // The SDK would log this expected error as an unhandled exception.
            return Answer(e.Message, isError: true);
        }
    }

    private static CallToolResult Answer(string text, bool? isError) =>
        new() { Content = [new TextContentBlock { Text = text }], IsError = isError };
}
