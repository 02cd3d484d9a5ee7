using System.Globalization;
using ModelContextProtocol;

namespace McpGateway.Cli.DemoServer;

/// <summary>The tools that answer at once.</summary>
internal static class SimpleTools
{
    public static DemoTool[] Create() =>
    [
        new("echo", "Echo", "Gives back the text that it is given, unchanged.",
            """
            {
              "type": "object",
              "properties": { "text": { "type": "string", "description": "The text to give back." } },
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
        new("fail", "Fail", "Always fails with a tool error, to show how a client presents one.",
            """
            {
              "type": "object",
              "properties": { "reason": { "type": "string", "description": "What the error shall say." } }
            }
            """,
            (request, _) => throw new McpException(request.Text("reason", "This tool always fails, as it is meant to."))),
    ];
}
