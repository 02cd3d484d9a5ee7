using System.Collections.Concurrent;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

#pragma warning disable MCP9005 // sampling is deprecated in a later revision than those that are served

namespace McpGateway.FunctionalTests.Transports;

/// <summary>The official C# SDK's client.</summary>
public sealed class SdkClientTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Theory]
    [InlineData(HttpTransportMode.AutoDetect, "test/mcp")]
    [InlineData(HttpTransportMode.AutoDetect, "test/sse")]
    [InlineData(HttpTransportMode.AutoDetect, "sse")]
    [InlineData(HttpTransportMode.Sse, "test/sse")]
    [InlineData(HttpTransportMode.Sse, "test/mcp")]
    [InlineData(HttpTransportMode.StreamableHttp, "test/mcp")]
    [InlineData(HttpTransportMode.StreamableHttp, "mcp")]
    public async Task Client_InEachMode_CanDoItAll(HttpTransportMode mode, string path)
    {
        var reported = new ConcurrentQueue<float>();
        var client = await ConnectAsync(mode, path);
        await using (client)
        {
            var tools = await client.ListToolsAsync(cancellationToken: TestHttp.Token);
            var echoed = await client.CallToolAsync("echo", Arguments("text", "naïve ☃"), cancellationToken: TestHttp.Token);
            var sampled = await client.CallToolAsync("sample", Arguments("prompt", "Why?"), cancellationToken: TestHttp.Token);
            var progress = await client.CallToolAsync(
                "progress", new Dictionary<string, object?> { ["steps"] = 8, ["delayMs"] = 200 },
                new Reporter(reported), cancellationToken: TestHttp.Token);

            Assert.Contains("echo", tools.Select(tool => tool.Name));
            Assert.Equal("naïve ☃", Text(echoed));
            Assert.Equal("because: Why?", Text(sampled));
            Assert.Equal("done", Text(progress));
            // This client stops listening with the answer, and on a busy machine may miss much of what comes before it.
            Assert.Equal([1f, 2f], reported.Order().Take(2));
        }
    }

    private async Task<McpClient> ConnectAsync(HttpTransportMode mode, string path)
    {
        var transport = new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = new Uri(shared.Gateway.BaseAddress, path),
            TransportMode = mode,
        });
        var options = new McpClientOptions
        {
            Handlers = new() { SamplingHandler = (request, _, _) => ValueTask.FromResult(Sample(request!)) },
        };
        return await McpClient.CreateAsync(transport, options, cancellationToken: TestHttp.Token);
    }

    private static CreateMessageResult Sample(CreateMessageRequestParams request) => new()
    {
        Content = [new TextContentBlock { Text = "because: " + request.Messages[0].Content.OfType<TextContentBlock>()
            .Single().Text }],
        Model = "test",
    };

    private static Dictionary<string, object?> Arguments(string name, object value) => new() { [name] = value };

    private static string Text(CallToolResult result) => result.Content.OfType<TextContentBlock>().Single().Text;

    private sealed class Reporter(ConcurrentQueue<float> reported) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => reported.Enqueue((float)value.Progress);
    }
}
