using System.Globalization;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpGateway.Cli.DemoServer;

/// <summary>Changes the counter, to show how a subscription to it works.</summary>
internal static class CountTool
{
    public static DemoTool Create(Counter counter) => new(
        "count", "Count", $"Adds one to the resource {CounterResource.Uri} and notifies subscribers.",
        """{ "type": "object", "properties": {} }""",
        (request, cancellationToken) => RunAsync(counter, request.Server, cancellationToken));

    private static async ValueTask<string> RunAsync(Counter counter, McpServer server, CancellationToken cancellationToken)
    {
        var value = counter.Increment();
        // Only subscribed clients should get this notification (MCP schema, ResourceUpdatedNotification).
        if (counter.IsSubscribed)
        {
            var update = new ResourceUpdatedNotificationParams { Uri = CounterResource.Uri };
            await server.SendNotificationAsync(
                NotificationMethods.ResourceUpdatedNotification, update, cancellationToken: cancellationToken);
        }
        return value.ToString(CultureInfo.InvariantCulture);
    }
}
