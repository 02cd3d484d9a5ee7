using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpGateway.Cli.DemoServer;

/// <summary>A prompt with a required and an optional argument.</summary>
internal sealed class GreetPrompt : McpServerPrompt
{
    public override Prompt ProtocolPrompt { get; } = new()
    {
        Name = "greet",
        Title = "Greet somebody",
        Description = "Asks the model for a warm greeting.",
        Arguments =
        [
            new() { Name = "name", Description = "Who to greet.", Required = true },
            new() { Name = "language", Description = "The language of the greeting. Default: English." },
        ],
    };

    public override IReadOnlyList<object> Metadata => [];

    public override ValueTask<GetPromptResult> GetAsync(
        RequestContext<GetPromptRequestParams> request, CancellationToken cancellationToken = default)
    {
        // -32602 is the error for a missing argument (MCP 2025-11-25, Prompts, "Error Handling").
        var name = Find(request, "name")
            ?? throw new McpProtocolException("The prompt 'greet' requires the argument 'name'.", McpErrorCode.InvalidParams);
        var text = $"Write one warm sentence in {Find(request, "language") ?? "English"} that greets {name}.";
        return new(new GetPromptResult
        {
            Description = ProtocolPrompt.Description,
            Messages = [new() { Role = Role.User, Content = new TextContentBlock { Text = text } }],
        });
    }

    private static string? Find(RequestContext<GetPromptRequestParams> request, string name) =>
        request.Params.Arguments is { } arguments
        && arguments.TryGetValue(name, out var value)
        && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;
}
