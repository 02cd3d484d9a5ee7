using System.Globalization;
using ModelContextProtocol;

namespace McpGateway.Cli.DemoServer;

/// <summary>Tools that answer immediately.</summary>
internal static class SimpleTools
{
    public static DemoTool[] Create() =>
    [
        new("echo", "Echo", "Returns the given text unchanged.",
            """
            {
              "type": "object",
              "properties": { "text": { "type": "string", "description": "The text to return." } },
              "required": ["text"]
            }
            """,
            (request, _) => new(request.Text("text"))),
        new("add", "Add", "Adds two numbers.",
            """
            {
              "type": "object",
              "properties": {
                "a": { "type": "number", "description": "The first number." },
                "b": { "type": "number", "description": "The second number." }
              },
              "required": ["a", "b"]
            }
            """,
            (request, _) => new((request.Number("a") + request.Number("b")).ToString(CultureInfo.InvariantCulture))),
        new("fail", "Fail", "Always fails with a tool error, to show how a client displays one.",
            """
            {
              "type": "object",
              "properties": { "reason": { "type": "string", "description": "The message of the error." } }
            }
            """,
            (request, _) => throw new McpException(request.Text("reason", "This tool always fails, on purpose."))),
    ];
}
