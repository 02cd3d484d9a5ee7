using System.Globalization;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpGateway.Cli.DemoServer;

/// <summary>
/// A long call that reports progress after each step, if the client wants it. When cancelled, it stops without a response.
/// </summary>
internal static class SlowTool
{
    public static DemoTool Create(TimeProvider time) => new(
        "slow", "Slow", "Waits in equal steps and reports progress after each. Cancel the call to see it stop.",
        """
        {
          "type": "object",
          "properties": {
            "seconds": { "type": "number", "minimum": 0, "maximum": 3600, "default": 5, "description": "How long it takes." },
            "steps": { "type": "integer", "minimum": 1, "maximum": 1000, "default": 5, "description": "The number of steps." }
          }
        }
        """,
        (request, cancellationToken) => RunAsync(request, time, cancellationToken));

    private static async ValueTask<string> RunAsync(
        RequestContext<CallToolRequestParams> request, TimeProvider time, CancellationToken cancellationToken)
    {
        var seconds = request.Number("seconds", 0, 3600, otherwise: 5);
        var steps = (int)request.Number("steps", 1, 1000, otherwise: 5);
        for (var step = 1; step <= steps; step++)
        {
            // The SDK sends no response to a cancelled call (MCP, Cancellation).
            await Task.Delay(TimeSpan.FromSeconds(seconds / steps), time, cancellationToken);
            // A client that sends no token wants no progress (MCP, Progress, "Progress Flow").
            if (request.Params.ProgressToken is not { } token) continue;
            var progress = new ProgressNotificationValue { Progress = step, Total = steps, Message = $"Step {step} of {steps}" };
            await request.Server.NotifyProgressAsync(token, progress, cancellationToken: cancellationToken);
        }
        return string.Create(CultureInfo.InvariantCulture, $"Done: {steps} steps in {seconds} seconds.");
    }
}
