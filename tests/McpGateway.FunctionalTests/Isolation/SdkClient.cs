using System.Collections.Concurrent;
using McpGateway.FunctionalTests.Hosting;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

#pragma warning disable MCP9004, MCP9005 // logging and sampling are deprecated in a later revision than those that are served

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>The official C# SDK's client, as a user who answers at once and keeps what came.</summary>
internal sealed class SdkClient(string name) : IAsyncDisposable
{
    public string Name => name;

    public McpClient Client { get; private set; } = null!;

    /// <summary>What the child has sent, in order.</summary>
    public ConcurrentQueue<string> Seen { get; } = new();

    public static async Task<SdkClient> ConnectAsync(TestGateway gateway, HttpTransportMode mode, string name)
    {
        var client = new SdkClient(name);
        client.Client = await McpClient.CreateAsync(
            new HttpClientTransport(new HttpClientTransportOptions
            {
                Endpoint = new Uri(gateway.BaseAddress, mode is HttpTransportMode.Sse ? "test/sse" : "test/mcp"),
                TransportMode = mode,
                AdditionalHeaders = new Dictionary<string, string> { [TestUsers.Header] = "alice" },
            }),
            client.Options(), cancellationToken: TestHttp.Token);
        return client;
    }

    /// <param name="tool">A tool of the TestServer.</param>
    /// <param name="arguments">Names and values by turns.</param>
    /// <returns>The answer's text.</returns>
    public async Task<string> CallAsync(string tool, params object[] arguments)
    {
        var named = arguments.Chunk(2).ToDictionary(pair => (string)pair[0], pair => (object?)pair[1]);
        return Text(await Client.CallToolAsync(tool, named, cancellationToken: TestHttp.Token));
    }

    public async Task<(string Text, IReadOnlyCollection<string?> Messages)> ReportedAsync(string text)
    {
        var reporter = new Reporter();
        var arguments = new Dictionary<string, object?> { ["steps"] = 4, ["delayMs"] = 50, ["text"] = text };
        Assert.Equal(text, Text(await Client.CallToolAsync("progress", arguments, reporter, cancellationToken: TestHttp.Token)));
        return (text, reporter.Messages);
    }

    /// <summary>Waits until all of this has come, and asserts that nothing else has.</summary>
    public async Task SawAsync(params string[] expected)
    {
        await Eventually.TrueAsync(() => Seen.Count >= expected.Length, $"{name} has seen {string.Join(", ", expected)}");
        Assert.Equal(expected.Order(), Seen.Order());
    }

    public ValueTask DisposeAsync() => Client.DisposeAsync();

    private McpClientOptions Options() => new()
    {
        Handlers = new()
        {
            SamplingHandler = (request, _, _) => ValueTask.FromResult(Sample(request!)),
            ElicitationHandler = (request, _) =>
            {
                Seen.Enqueue($"elicited {request!.Message}");
                return ValueTask.FromResult(new ElicitResult { Action = "decline" });
            },
            NotificationHandlers =
            [
                new(NotificationMethods.ToolListChangedNotification, (_, _) => See("list changed")),
                new(NotificationMethods.LoggingMessageNotification, (message, _) =>
                    See($"message {message.Params!["level"]}")),
            ],
        },
    };

    private ValueTask See(string what)
    {
        Seen.Enqueue(what);
        return default;
    }

    private CreateMessageResult Sample(CreateMessageRequestParams request)
    {
        var prompt = request.Messages[0].Content.OfType<TextContentBlock>().Single().Text;
        Seen.Enqueue($"sampled {prompt}");
        return new() { Content = [new TextContentBlock { Text = $"{name}: {prompt}" }], Model = "test" };
    }

    private static string Text(CallToolResult result) => result.Content.OfType<TextContentBlock>().Single().Text;

    private sealed class Reporter : IProgress<ProgressNotificationValue>
    {
        public ConcurrentQueue<string?> Messages { get; } = new();

        public void Report(ProgressNotificationValue value) => Messages.Enqueue(value.Message);
    }
}
