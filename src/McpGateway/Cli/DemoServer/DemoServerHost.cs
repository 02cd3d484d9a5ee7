using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpGateway.Cli.DemoServer;

/// <summary>
/// Creates the demo server without the generic host. A process is started for each session, and the host, dependency injection
/// and reflection over methods would take a third of its start-up time.
/// </summary>
internal static class DemoServerHost
{
    public const string Name = "mcpgateway-demo";

    /// <summary>Serves until the input ends or the token fires. Calls in flight are then cancelled.</summary>
    public static async Task RunAsync(
        ITransport transport, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var server = McpServer.Create(transport, CreateOptions(time), loggers);
        var run = server.RunAsync(stop.Token);
        // The end of the input is how a client or gateway tells a stdio server to exit (MCP, Lifecycle, "Shutdown").
        await Task.WhenAny(run, transport.MessageReader.Completion);
        // Otherwise the SDK would wait for calls in flight, although it can no longer send their responses.
        await stop.CancelAsync();
        try
        {
            await run;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // This is the normal end.
        }
    }

    private static McpServerOptions CreateOptions(TimeProvider time)
    {
        var counter = new Counter();
        return new()
        {
            ServerInfo = new()
            {
                Name = Name,
                Title = "McpGateway demo server",
                Version = typeof(DemoServerHost).Assembly.GetName().Version?.ToString(3) ?? "0.0.0",
            },
            ServerInstructions =
                "A demonstration server that is built into McpGateway. All tools are harmless: try `echo` first, `slow` to see " +
                "progress and cancellation, and `ask` to see a server send a request to the client's model.",
            Capabilities = new() { Resources = new() { Subscribe = true } },
            ToolCollection = [.. SimpleTools.Create(), SlowTool.Create(time), AskTool.Create(), CountTool.Create(counter)],
            ResourceCollection = [new CounterResource(counter)],
            PromptCollection = [new GreetPrompt()],
            Handlers = new()
            {
                SubscribeToResourcesHandler = (request, _) => CounterResource.Subscribe(counter, request.Params.Uri, true),
                UnsubscribeFromResourcesHandler = (request, _) => CounterResource.Subscribe(counter, request.Params.Uri, false),
            },
        };
    }
}
