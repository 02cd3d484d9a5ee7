using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpGateway.Cli.DemoServer;

/// <summary>
/// Puts the demo server together, without a generic host: it is started once per session, and the host, dependency injection and
/// reflection over methods cost a third of its start-up time.
/// </summary>
internal static class DemoServerHost
{
    public const string Name = "mcpgateway-demo";

    /// <summary>Serves until the input ends or the token fires; calls in flight are then cancelled.</summary>
    public static async Task RunAsync(
        ITransport transport, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var server = McpServer.Create(transport, CreateOptions(time), loggers);
        var run = server.RunAsync(stop.Token);
        await Task.WhenAny(run, transport.MessageReader.Completion);
        // Left alone, the SDK would wait for calls in flight, though it sends no answers any more.
        await stop.CancelAsync();
        try
        {
            await run;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Being told to stop is how this ends.
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
                "A demonstration built into McpGateway. Every tool is harmless: try `echo` first, `slow` to see progress and " +
                "cancellation, and `ask` to see a server call back into the client's model.",
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
