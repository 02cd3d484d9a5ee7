using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpGateway.Cli.DemoServer;

/// <summary>A tool that sends a request to the client: it asks the client's own model (sampling).</summary>
internal static class AskTool
{
    // sampling/createMessage requires a maximum (MCP schema, CreateMessageRequestParams.maxTokens).
    private const int AnswerTokens = 1000;

    public static DemoTool Create() => new(
        "ask", "Ask the model", "Asks the client's own model a question (MCP sampling) and returns its answer.",
        """
        {
          "type": "object",
          "properties": { "question": { "type": "string", "description": "The question." } },
          "required": ["question"]
        }
        """,
        RunAsync);

// Sampling is deprecated in revision 2026-07-28 only. stdio servers speak older revisions, which all have it.
#pragma warning disable MCP9005
    private static async ValueTask<string> RunAsync(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var question = request.Text("question");
        if (request.Server.ClientCapabilities?.Sampling is null)
            throw new McpException("This client does not support sampling, so there is no model to ask.");
        var answer = await request.Server.SampleAsync(new CreateMessageRequestParams
        {
            Messages = [new() { Role = Role.User, Content = [new TextContentBlock { Text = question }] }],
            MaxTokens = AnswerTokens,
        }, cancellationToken);
        var texts = answer.Content.OfType<TextContentBlock>().Select(block => block.Text).ToArray();
        return texts.Length > 0 ? string.Join('\n', texts) : throw new McpException("The model's answer contains no text.");
    }
#pragma warning restore MCP9005
}
