using System.Threading.Channels;
using McpGateway.FunctionalTests.Hosting;
using Microsoft.AspNetCore.Http;

namespace McpGateway.FunctionalTests.Remote;

/// <summary>Event streams of remote servers of Streamable HTTP.</summary>
public sealed class StreamTests
{
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();

    [Fact]
    public async Task Get_ThatIsQuiet_OpensAtOnceAndOutlivesTheRequestTimeout()
    {
        await using var upstream = await Upstream.StartAsync((context, request) => request.Method == "GET"
            ? Upstream.EventsAsync(context, _events.Reader)
            : Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url, new() { ["requestTimeout"] = "00:00:01" });
        var client = RemoteGateway.Client(gateway);
        using var stream = await client.SendAsync(HttpMethod.Get, null, "text/event-stream");
        Assert.Equal(
            (200, "text/event-stream", "no", "no-cache, no-transform"),
            (stream.Status, stream.ContentType, stream.Header("X-Accel-Buffering"), stream.Header("Cache-Control")));
        using (var timedOut = await client.PostAsync(Rpc.Request("1", "ping")))
            Assert.Contains("requestTimeout", (await timedOut.JsonAsync()).ErrorMessage(), StringComparison.Ordinal);
        Send(Rpc.Notification("notifications/tools/list_changed"));
        Assert.Equal("notifications/tools/list_changed", (await stream.NextAsync())!.Value.Method());
    }

    [Fact]
    public async Task Get_WhoseServerSendsNoHeadersBeforeTheFirstEvent_OutlivesTheRequestTimeout()
    {
        await using var upstream = await Upstream.StartAsync(async (context, request) =>
        {
            var first = await _events.Reader.ReadAsync(context.RequestAborted);
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(first);
        });
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url, new() { ["requestTimeout"] = "00:00:01" });
        var client = RemoteGateway.Client(gateway);
        var opening = client.SendAsync(HttpMethod.Get, null, "text/event-stream");
        await Eventually.TrueAsync(() => upstream.Requests.Count == 1, "the stream is requested");
        upstream.Answer = (context, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        using (var timedOut = await client.PostAsync(Rpc.Request("1", "ping")))
            Assert.Contains("requestTimeout", (await timedOut.JsonAsync()).ErrorMessage(), StringComparison.Ordinal);
        Send(Rpc.Notification("notifications/tools/list_changed"));
        using var stream = await opening;
        Assert.Equal("notifications/tools/list_changed", (await stream.NextAsync())!.Value.Method());
    }

    [Fact]
    public async Task Post_WithProgress_PassesEachEventAsItComes()
    {
        await using var upstream = await Upstream.StartAsync((context, _) => Upstream.EventsAsync(context, _events.Reader));
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        using var answer = await RemoteGateway.Client(gateway).PostAsync(Rpc.Call("1", "slow", progressToken: "9"));
        Assert.Equal((200, "text/event-stream"), (answer.Status, answer.ContentType));
        for (var i = 1; i <= 3; i++)
        {
            Send(Rpc.Notification("notifications/progress", $$"""{"progressToken":9,"progress":{{i}}}"""));
            Assert.Equal(i, (await answer.NextAsync())!.Value.Get("params").Get("progress").GetInt32());
        }

        Send(Rpc.Result("1", "{}"));
        Assert.True((await answer.NextAsync())!.Value.IsAnswerTo("1"));
        Assert.Null(await answer.NextAsync());
    }

    [Fact]
    public async Task Post_ThatFallsSilent_IsAnsweredWithAnErrorOnItsStream()
    {
        await using var upstream = await Upstream.StartAsync((context, _) => Upstream.EventsAsync(context, _events.Reader));
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url, new() { ["requestTimeout"] = "00:00:01" });
        using var answer = await RemoteGateway.Client(gateway).PostAsync(Rpc.Call("1", "slow"));
        Send(Rpc.Notification("notifications/message"));
        Assert.Equal("notifications/message", (await answer.NextAsync())!.Value.Method());
        var error = (await answer.NextAsync())!.Value;
        Assert.True(error.IsAnswerTo("1"));
        Assert.Contains("requestTimeout", error.ErrorMessage(), StringComparison.Ordinal);
        Assert.Null(await answer.NextAsync());
    }

    [Fact]
    public async Task Post_WhoseServerWaitsForTheClient_IsNotTimedOut()
    {
        await using var upstream = await Upstream.StartAsync(
            (context, request) => request.Body.Contains("slow", StringComparison.Ordinal)
            ? Upstream.EventsAsync(context, _events.Reader)
            : Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url, new() { ["requestTimeout"] = "00:00:01" });
        using var answer = await RemoteGateway.Client(gateway).PostAsync(Rpc.Call("1", "slow"));
        Send(Rpc.Request("7", "sampling/createMessage"));
        Assert.Equal("sampling/createMessage", (await answer.NextAsync())!.Value.Method());
        using (var timedOut = await RemoteGateway.Client(gateway).PostAsync(Rpc.Request("1", "ping")))
            Assert.Contains("requestTimeout", (await timedOut.JsonAsync()).ErrorMessage(), StringComparison.Ordinal);
        Send(Rpc.Result("1", "{}"));
        Assert.True((await answer.NextAsync())!.Value.Get("result").ValueKind is System.Text.Json.JsonValueKind.Object);
    }

    [Fact]
    public async Task Post_LongerThanItsMaximum_IsAnsweredWithAnError()
    {
        await using var upstream = await Upstream.StartAsync((context, _) => Upstream.EventsAsync(context, _events.Reader));
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url, new() { ["requestMaximum"] = "00:00:01" });
        using var answer = await RemoteGateway.Client(gateway).PostAsync(Rpc.Call("1", "slow"));
        Send(Rpc.Request("7", "sampling/createMessage"));
        Assert.Equal("sampling/createMessage", (await answer.NextAsync())!.Value.Method());
        Assert.Contains("requestMaximum", (await answer.NextAsync())!.Value.ErrorMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_CutByTheServer_IsAnsweredWithAnError()
    {
        await using var upstream = await Upstream.StartAsync(async (context, _) =>
        {
            await Upstream.BeginEventsAsync(context);
            await Upstream.EventAsync(context, Rpc.Notification("notifications/message"));
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        using var answer = await RemoteGateway.Client(gateway).PostAsync(Rpc.Call("1", "slow"));
        var last = (await answer.AllAsync())[^1];
        Assert.True(last.IsAnswerTo("1"));
        Assert.Equal(-32603, last.Code());
    }

    [Fact]
    public async Task Events_ThatCanBeResumed_KeepTheirIdsAndEndWithoutAnError()
    {
        await using var upstream = await Upstream.StartAsync((context, _) => Upstream.EventsAsync(context, _events.Reader));
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        _events.Writer.TryWrite("id: a-1\nretry: 500\ndata: \n\n");
        _events.Writer.TryWrite($"id: a-2\nevent: message\ndata: {Rpc.Notification("notifications/message")}\n\n");
        _events.Writer.Complete();
        using var answer = await RemoteGateway.Client(gateway).PostAsync(Rpc.Call("1", "slow"));
        Assert.Equal(
            $"id: a-1\nretry: 500\ndata: \n\nid: a-2\nevent: message\ndata: {Rpc.Notification("notifications/message")}\n\n",
            await answer.BodyAsync());

        upstream.Requests.Clear();
        using var resumed = await TestHttp.SendAsync(
            HttpMethod.Get, new Uri(gateway.BaseAddress, "far/mcp"), null,
                ("Accept", "text/event-stream"), ("Last-Event-ID", "a-2"));
        Assert.Equal("a-2", Assert.Single(upstream.Requests).Header("Last-Event-ID"));
    }

    [Fact]
    public async Task Events_OfManyLinesAndStrangers_ArriveAsMessagesOnOneLine()
    {
        await using var upstream = await Upstream.StartAsync((context, _) => Upstream.EventsAsync(context, _events.Reader));
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        _events.Writer.TryWrite(": a comment\n\n");
        _events.Writer.TryWrite("event: ping\ndata: 1\n\n");
        _events.Writer.TryWrite("data: no message\n\n");
        _events.Writer.TryWrite($"data: {Rpc.Result("2", "{}")}\n\n"); // to no request of this client
        _events.Writer.TryWrite("data: {\"jsonrpc\":\"2.0\",\r\ndata: \"id\":1,\r\ndata: \"result\":{}}\r\n\r\n");
        _events.Writer.Complete();
        using var answer = await RemoteGateway.Client(gateway).PostAsync(Rpc.Call("1", "slow"));
        Assert.Equal("event: message\ndata: {\"jsonrpc\":\"2.0\", \"id\":1, \"result\":{}}\n\n", await answer.BodyAsync());
    }

    [Fact]
    public async Task Client_ThatLeaves_IsLeftByTheGatewayToo()
    {
        var gone = new TaskCompletionSource();
        await using var upstream = await Upstream.StartAsync(async (context, _) =>
        {
            context.RequestAborted.Register(() => gone.TrySetResult());
            await Upstream.EventsAsync(context, _events.Reader);
        });
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url);
        using (await RemoteGateway.Client(gateway).SendAsync(HttpMethod.Get, null, "text/event-stream"))
            Assert.False(gone.Task.IsCompleted);
        await gone.Task.WaitAsync(TestHttp.Timeout, TestHttp.Token);
    }

    [Fact]
    public async Task Stop_OfTheGateway_EndsListeningStreamsAtOnce()
    {
        await using var upstream = await Upstream.StartAsync((context, _) => Upstream.EventsAsync(context, _events.Reader));
        var gateway = await RemoteGateway.StartAsync(upstream.Url, settings: new() { ["Drain:Timeout"] = "00:10:00" });
        using var stream = await RemoteGateway.Client(gateway).SendAsync(HttpMethod.Get, null, "text/event-stream");
        var stopping = gateway.DisposeAsync();
        Assert.Null(await stream.NextAsync());
        await stopping.AsTask().WaitAsync(TestHttp.Timeout, TestHttp.Token);
    }

    private void Send(string message) => Assert.True(_events.Writer.TryWrite($"event: message\ndata: {message}\n\n"));
}
