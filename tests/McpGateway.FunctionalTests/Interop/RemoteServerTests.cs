using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using McpGateway.FunctionalTests.Hosting;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

#pragma warning disable MCP9005 // logging is deprecated in a later revision than those that are served

namespace McpGateway.FunctionalTests.Interop;

/// <summary>server-everything in its own HTTP modes as a remote server of the gateway, used by real clients.</summary>
public sealed class RemoteServerTests
{
    [Theory]
    [InlineData("sse")]
    [InlineData("http")]
    public async Task TypeScriptClient_SeesEverything(string transport)
    {
        await using var server = await EverythingServer.StartAsync(transport);
        await using var gateway = await StartAsync(server);
        Expectations.Everything(
            await InteropClients.TypeScriptAsync(transport, Endpoint(gateway, transport), ["--script", "everything"]));
    }

    [Theory]
    [InlineData("sse")]
    [InlineData("http")]
    public async Task McpRemote_SeesEverything(string transport)
    {
        await using var server = await EverythingServer.StartAsync(transport);
        await using var gateway = await StartAsync(server);
        Expectations.Everything(
            await InteropClients.McpRemoteAsync(transport, Endpoint(gateway, transport), ["--script", "everything"]));
    }

    [Theory]
    [InlineData("sse", HttpTransportMode.Sse, "everything/sse")]
    [InlineData("sse", HttpTransportMode.AutoDetect, "everything/sse")]
    [InlineData("sse", HttpTransportMode.AutoDetect, "mcp")]
    [InlineData("http", HttpTransportMode.StreamableHttp, "everything/mcp")]
    [InlineData("http", HttpTransportMode.AutoDetect, "mcp")]
    public async Task SdkClient_ListsCallsAndHearsProgressAndNotifications(string transport, HttpTransportMode mode, string path)
    {
        await using var server = await EverythingServer.StartAsync(transport);
        await using var gateway = await StartAsync(server);
        var (reported, logged) = (new ConcurrentQueue<float>(), new ConcurrentQueue<string>());
        var options = new McpClientOptions
        {
            Handlers = new()
            {
                NotificationHandlers = [new(NotificationMethods.LoggingMessageNotification, (message, _) =>
                {
                    logged.Enqueue(message.Params!.ToJsonString());
                    return default;
                })],
            },
        };
        var connection = new HttpClientTransport(new() { Endpoint = new Uri(gateway.BaseAddress, path), TransportMode = mode });
        await using var client = await McpClient.CreateAsync(connection, options, cancellationToken: TestHttp.Token);

        var tools = await client.ListToolsAsync(cancellationToken: TestHttp.Token);
        Assert.Contains("echo", tools.Select(tool => tool.Name));
        var text = new Dictionary<string, object?> { ["message"] = "naïve ☃" };
        Assert.Equal("Echo: naïve ☃", Text(await client.CallToolAsync("echo", text, cancellationToken: TestHttp.Token)));
        var steps = new Dictionary<string, object?> { ["duration"] = 1, ["steps"] = 4 };
        await client.CallToolAsync(
            "trigger-long-running-operation", steps, new Reporter(reported), cancellationToken: TestHttp.Token);
        // This client forgets its listener with the answer, and handles what came before it in no certain time.
        Assert.Equal(1f, reported.Order().First());
        Assert.All(reported, step => Assert.InRange(step, 1f, 4f));
        // What belongs to no call: over HTTP it comes on the GET stream.
        await client.CallToolAsync("toggle-simulated-logging", cancellationToken: TestHttp.Token);
        await Eventually.TrueAsync(() => !logged.IsEmpty, "the server's log is heard");
    }

    [Fact]
    public async Task Delete_EndsTheSessionAtTheServer()
    {
        await using var server = await EverythingServer.StartAsync("http");
        await using var gateway = await StartAsync(server);
        var client = await StreamableClient.ConnectAsync(gateway, "everything/mcp");
        Assert.Equal(204, await client.DeleteAsync());
        using var after = await client.PostAsync(Rpc.Request("1", "tools/list"));
        Assert.Equal((404, -32001), (after.Status, (await after.JsonAsync()).Code())); // this server says 400
        Assert.True((await after.JsonAsync()).IsAnswerTo("1"));
    }

    private static Task<TestGateway> StartAsync(EverythingServer server) => TestGateway.StartAsync(new JsonObject
    {
        ["default"] = "everything",
        ["mcpServers"] = new JsonObject { ["everything"] = new JsonObject { ["url"] = server.Endpoint.AbsoluteUri } },
    }.ToJsonString());

    private static Uri Endpoint(TestGateway gateway, string transport) =>
        new(gateway.BaseAddress, transport is "sse" ? "everything/sse" : "everything/mcp");

    private static string Text(CallToolResult result) => result.Content.OfType<TextContentBlock>().Single().Text;

    private sealed class Reporter(ConcurrentQueue<float> reported) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => reported.Enqueue((float)value.Progress);
    }
}
