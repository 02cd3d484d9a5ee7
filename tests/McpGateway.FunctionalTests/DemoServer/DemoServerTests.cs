using System.Threading.Channels;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Policies;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpGateway.FunctionalTests.DemoServer;

public sealed class DemoServerTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tools_Listed_DescribeThemselvesAndTheirArguments()
    {
        await using var session = await DemoServerSession.StartAsync();

        var tools = await session.Client.ListToolsAsync(cancellationToken: Token);

        Assert.Equal(["add", "ask", "count", "echo", "fail", "slow"], tools.Select(t => t.Name).Order());
        Assert.All(tools, t => Assert.NotEmpty(t.Description));
        Assert.All(tools, t => Assert.NotEmpty(t.Title!));
        var arguments = tools.SelectMany(t => t.JsonSchema.GetProperty("properties").EnumerateObject());
        Assert.All(arguments, a => Assert.NotEmpty(a.Value.GetProperty("description").GetString()!));
    }

    [Fact]
    public async Task Echo_AnyText_ComesBack()
    {
        await using var session = await DemoServerSession.StartAsync();
        Assert.Equal("naïve\n☃", Text(await session.CallAsync("echo", new() { ["text"] = "naïve\n☃" })));
    }

    [Fact]
    public async Task Add_TwoNumbers_GivesTheSum()
    {
        await using var session = await DemoServerSession.StartAsync();
        Assert.Equal("3.5", Text(await session.CallAsync("add", new() { ["a"] = 1.5, ["b"] = 2 })));
    }

    [Theory]
    [InlineData("fail", "reason", "on purpose", "on purpose")]
    [InlineData("echo", "text", 1, "Argument 'text' must be a string.")]
    [InlineData("add", "a", "1", "Argument 'a' must be a number.")]
    [InlineData("slow", "steps", 0, "Argument 'steps' must be between 1 and 1000.")]
    [InlineData("ask", "question", "Why?", "This client does not support sampling, so there is no model to ask.")]
    public async Task Tool_ThatFails_AnswersWithAToolErrorThatSaysWhy(string tool, string argument, object value, string error)
    {
        await using var session = await DemoServerSession.StartAsync();

        var result = await session.CallAsync(tool, new() { [argument] = value });

        Assert.True(result.IsError);
        Assert.Equal(error, Text(result));
    }

    [Fact]
    public async Task Slow_WithProgressToken_ReportsEveryStep()
    {
        await using var session = await DemoServerSession.StartAsync();
        var reports = Channel.CreateUnbounded<string>();
        // The client forgets a call's own listener when the reply comes, with the last report perhaps still on its way to it.
        await using var registration = session.Client.RegisterNotificationHandler(
            NotificationMethods.ProgressNotification,
            (report, token) => reports.Writer.WriteAsync(report.Params!["message"]!.GetValue<string>(), token));

        var result = await session.Client.CallToolAsync(
            "slow", new Dictionary<string, object?> { ["seconds"] = 0.01, ["steps"] = 3 },
            new Listener(Channel.CreateUnbounded<ProgressNotificationValue>()), cancellationToken: Token);

        Assert.Equal("Done: 3 steps in 0.01 seconds.", Text(result));
        string[] received = [await NextAsync(reports), await NextAsync(reports), await NextAsync(reports)];
        Assert.Equal(["Step 1 of 3", "Step 2 of 3", "Step 3 of 3"], received.Order());
    }

    [Fact]
    public async Task Slow_Cancelled_LeavesTheSessionUsable()
    {
        await using var session = await DemoServerSession.StartAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var started = Channel.CreateUnbounded<ProgressNotificationValue>();
        var call = session.Client.CallToolAsync(
            "slow", new Dictionary<string, object?> { ["seconds"] = 100, ["steps"] = 1000 },
            new Listener(started), cancellationToken: cancel.Token);
        await NextAsync(started);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await call);
        Assert.Equal("still here", Text(await session.CallAsync("echo", new() { ["text"] = "still here" })));
    }

    [Fact]
    public async Task Ask_ClientWithSampling_GivesTheModelsAnswer()
    {
// Sampling is deprecated by the 2026-07-28 revision only; the gateway carries it for all others.
#pragma warning disable MCP9005
        var options = new McpClientOptions
        {
            ProtocolVersion = "2025-11-25",
            Capabilities = new() { Sampling = new() },
            Handlers = new()
            {
                SamplingHandler = (request, _, _) => new(new CreateMessageResult
                {
                    Model = "test",
                    Content = [new TextContentBlock { Text = $"Question was: {Question(request!)}" }],
                }),
            },
        };
        static string Question(CreateMessageRequestParams request) =>
            Assert.IsType<TextContentBlock>(Assert.Single(request.Messages[0].Content)).Text;
#pragma warning restore MCP9005
        await using var session = await DemoServerSession.StartAsync(options);

        Assert.Equal("Question was: Why?", Text(await session.CallAsync("ask", new() { ["question"] = "Why?" })));
    }

    [Fact]
    public async Task Counter_Subscribed_AnnouncesEachChangeUntilUnsubscribed()
    {
        await using var session = await DemoServerSession.StartAsync(new() { ProtocolVersion = "2025-11-25" });
        var updates = Channel.CreateUnbounded<string>();
        await using var registration = session.Client.RegisterNotificationHandler(
            NotificationMethods.ResourceUpdatedNotification,
            (update, token) => updates.Writer.WriteAsync(update.Params!["uri"]!.GetValue<string>(), token));

        await session.CallAsync("count", []);
        await session.Client.SubscribeToResourceAsync("demo://counter", cancellationToken: Token);
        await session.CallAsync("count", []);
        Assert.Equal("demo://counter", await NextAsync(updates));
        await session.Client.UnsubscribeFromResourceAsync("demo://counter", cancellationToken: Token);
        await session.CallAsync("count", []);

        var read = await session.Client.ReadResourceAsync("demo://counter", cancellationToken: Token);
        Assert.Equal("3", Assert.IsType<TextResourceContents>(Assert.Single(read.Contents)).Text);
        Assert.False(updates.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Counter_UnknownResource_CannotBeSubscribedTo()
    {
        await using var session = await DemoServerSession.StartAsync(new() { ProtocolVersion = "2025-11-25" });

        var refusal = await Assert.ThrowsAsync<McpProtocolException>(
            () => session.Client.SubscribeToResourceAsync("demo://nothing", cancellationToken: Token));

        Assert.Equal(McpErrorCode.ResourceNotFound, refusal.ErrorCode);
    }

    [Fact]
    public async Task Greet_WithNameAndLanguage_NamesBoth()
    {
        await using var session = await DemoServerSession.StartAsync();

        var prompt = await session.Client.GetPromptAsync(
            "greet", new Dictionary<string, object?> { ["name"] = "Ada", ["language"] = "Welsh" }, cancellationToken: Token);

        var text = Assert.IsType<TextContentBlock>(Assert.Single(prompt.Messages).Content).Text;
        Assert.Contains("Ada", text, StringComparison.Ordinal);
        Assert.Contains("Welsh", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Server_InputClosedOrToldToStopDuringACall_EndsAtOnce(bool byInput)
    {
        await using var session = await DemoServerSession.StartAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var started = Channel.CreateUnbounded<ProgressNotificationValue>();
        var call = session.Client.CallToolAsync(
            "slow", new Dictionary<string, object?> { ["seconds"] = 100, ["steps"] = 1000 },
            new Listener(started), cancellationToken: cancel.Token);
        await NextAsync(started);

        if (byInput) await session.CloseInputAsync();
        else await session.StopAsync();

        await session.Server.WaitAsync(Timeout, Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () => await call);
    }

    private static string Text(CallToolResult result) => Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;

    private static Task<T> NextAsync<T>(Channel<T> channel) =>
        channel.Reader.ReadAsync(Token).AsTask().WaitAsync(Timeout, Token);

    // Progress<T> posts to the thread pool and may reorder; this does not.
    private sealed class Listener(Channel<ProgressNotificationValue> channel) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => channel.Writer.TryWrite(value);
    }
}
