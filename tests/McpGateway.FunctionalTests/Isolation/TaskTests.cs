using System.Text.Json;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>Tasks (revision 2025-11-25) on a child that several sessions use.</summary>
public sealed class TaskTests
{
    private const string Status = "notifications/tasks/status";
    private const string RelatedTaskKey = "io.modelcontextprotocol/related-task";
    private static readonly string[] Flags = ["--tasks"];

    [Fact]
    public async Task Messages_OfATask_ReachTheSessionThatBeganIt()
    {
        await using var child = await OneChild.StartAsync("user", Flags);
        var (begins, other) = (await child.JoinAsync(), await child.JoinAsync());
        var task = await BeginAsync(begins, "progress", """{"steps":2,"text":"mine","gate":"g"}""", progressToken: "9");

        // While it works, the other session's call is the only one in flight.
        Assert.Equal(task, (await other.CallAsync("open", new { name = "g" })).Text());
        await child.SettleAsync();

        Assert.Empty(other.Inbox.Rest);
        var messages = begins.Inbox.Rest;
        Assert.Equal(["notifications/progress", "notifications/progress", Status], messages.Select(message => message.Method()));
        var parameters = messages.Select(message => message.Get("params")).ToArray();
        Assert.Equal(["9", "9"], parameters.SkipLast(1).Select(progress => progress.Get("progressToken").GetRawText()));
        Assert.Equal((task, "completed"), (parameters[2].Get("taskId").GetString(), parameters[2].Get("status").GetString()));
    }

    [Fact]
    public async Task Question_OfATask_IsAskedInTheSessionThatBeganIt()
    {
        await using var child = await OneChild.StartAsync("user", Flags, capabilities: """{"sampling":{}}""");
        var (begins, other) = (await child.JoinAsync(), await child.JoinAsync());
        var task = await BeginAsync(begins, "sample", """{"prompt":"mine","gate":"g"}""");
        await other.SendAsync(Rpc.Call("1", "open", new { name = "g" }));

        var question = await begins.Inbox.TakeAsync(message => message.Method() == "sampling/createMessage");
        await begins.SendAsync(Rpc.Result(question, Rpc.Sampled("answered")));

        Assert.Equal(task, (await other.Inbox.TakeAsync(message => message.IsAnswerTo("1"))).Text());
        var result = await AskAsync(begins, "tasks/result", task);
        Assert.Equal("answered", result.Text());
        Assert.Equal(task, RelatedTask(result.Get("result")));
        Assert.Equal(task, RelatedTask(question.Get("params")));
        await child.SettleAsync();
        Assert.Empty(other.Inbox.Rest);
    }

    [Fact]
    public async Task Question_OfATaskOverStreamableHttp_ComesToItsSessionWhoeverCalls()
    {
        await using var child = await OneChild.StartAsync("user", Flags, capabilities: """{"sampling":{}}""");
        var (begins, other) = (await child.JoinStreamableAsync(), await child.JoinAsync());
        using var stream = await begins.OpenStreamAsync();
        var task = await BeginAsync(begins, "sample", """{"prompt":"mine","gate":"g"}""");
        await other.SendAsync(Rpc.Call("1", "open", new { name = "g" }));

        var question = (await stream.NextAsync())!.Value;
        Assert.Equal("sampling/createMessage", question.Method());
        using var accepted = await begins.PostAsync(Rpc.Result(question, Rpc.Sampled("answered")));

        Assert.Equal("answered", (await AskAsync(begins, "tasks/result", task)).Text());
    }

    [Theory]
    [InlineData(Status, """{"taskId":"task-77","status":"working"}""")]
    [InlineData("notifications/message", """{"level":"error","_meta":{"io.modelcontextprotocol/related-task":{"taskId":"t"}}}""")]
    public async Task Notification_OfATaskThatNobodyBegan_IsDropped(string method, string parameters)
    {
        await using var child = await OneChild.StartAsync("user", Flags);
        var (one, two) = (await child.JoinAsync(), await child.JoinAsync());

        await one.CallAsync("notify", new { method, @params = JsonElement.Parse(parameters) });
        await child.SettleAsync();

        Assert.Empty(one.Inbox.Rest);
        Assert.Empty(two.Inbox.Rest);
    }

    [Fact]
    public async Task Notification_OfATaskWhoseSessionLeft_IsDropped()
    {
        await using var child = await OneChild.StartAsync("user", Flags);
        var (leaves, stays) = (await child.JoinStreamableAsync(), await child.JoinAsync());
        await BeginAsync(leaves, "progress", """{"steps":1,"gate":"g"}""", progressToken: "9");
        Assert.Equal(204, await leaves.DeleteAsync());

        await stays.CallAsync("open", new { name = "g" });
        await child.SettleAsync();

        Assert.Empty(stays.Inbox.Rest);
    }

    [Fact]
    public async Task Requests_AboutTasks_ReachTheUsersChild()
    {
        await using var child = await OneChild.StartAsync("user", Flags);
        var (one, two) = (await child.JoinAsync(), await child.JoinStreamableAsync());
        var task = await BeginAsync(one, "hang", "{}");

        Assert.Equal("working", (await AskAsync(one, "tasks/get", task)).Get("result").Get("status").GetString());
        Assert.Equal(task, (await AskAsync(two, "tasks/list", task)).Get("result").Get("tasks")[0].Get("taskId").GetString());
        Assert.Equal("cancelled", (await AskAsync(one, "tasks/cancel", task)).Get("result").Get("status").GetString());
        Assert.Equal(-32603, (await AskAsync(one, "tasks/result", task)).Code());
        Assert.Equal(-32602, (await AskAsync(one, "tasks/get", "task-77")).Code());
        Assert.Equal("cancelled", Assert.Single(one.Inbox.Rest).Get("params").Get("status").GetString());
    }

    [Fact]
    public async Task Tasks_OfTwoUsersUnderOneId_AreEachTheirOwn()
    {
        await using var child = await OneChild.StartAsync("user", Flags);
        var alice = await child.JoinAsync();
        await using var bob = await SseClient.ConnectAsync(child.Gateway, user: "bob");
        var ofAlice = await BeginAsync(alice, "echo", """{"text":"alice"}""");
        var ofBob = await BeginAsync(bob, "echo", """{"text":"bob"}""");

        Assert.Equal(ofAlice, ofBob);
        Assert.Equal("alice", (await AskAsync(alice, "tasks/result", ofAlice)).Text());
        Assert.Equal("bob", (await AskAsync(bob, "tasks/result", ofBob)).Text());
    }

    [Theory]
    [InlineData("tasks/get", """{"taskId":"task-1"}""")]
    [InlineData("tasks/result", """{"taskId":"task-1"}""")]
    [InlineData("tasks/cancel", """{"taskId":"task-1"}""")]
    [InlineData("tasks/list", "{}")]
    [InlineData("tools/call", """{"name":"echo","arguments":{"text":"x"},"task":{}}""")]
    [InlineData("tools/call", """{"name":"echo","arguments":{"text":"x"},"task":{"ttl":1000}}""")]
    public async Task Tasks_OnASharedChild_DoNotExist(string method, string parameters)
    {
        await using var child = await OneChild.StartAsync("shared", Flags);
        var (client, plain) = (await child.JoinStreamableAsync(), new PlainClient(child.Gateway, user: "bob"));

        Assert.Equal(-32601, (await client.AskAsync(Rpc.Request("7", method, parameters), "7")).Code());
        Assert.Equal(-32601, (await plain.AskAsync(Rpc.Request("7", method, parameters), "7")).Code());

        Assert.Equal(["initialize", "notifications/initialized"], await client.ReceivedAsync());
        Assert.Equal("goes on", (await client.AskAsync(Rpc.Call("7", "echo", new { text = "goes on" }), "7")).Text());
    }

    /// <returns>The task's id.</returns>
    private static async Task<string> BeginAsync(IRawClient client, string tool, string arguments, string? progressToken = null)
    {
        var id = client.NextId();
        var meta = progressToken is null ? "" : $$""","_meta":{"progressToken":{{progressToken}} }""";
        var parameters = $$"""{"name":"{{tool}}","arguments":{{arguments}},"task":{"ttl":60000} {{meta}} }""";
        var answer = await client.AskAsync(Rpc.Request(id, "tools/call", parameters), id);
        Assert.Equal("working", answer.Get("result").Get("task").Get("status").GetString());
        return answer.Get("result").Get("task").Get("taskId").GetString()!;
    }

    private static Task<JsonElement> AskAsync(IRawClient client, string method, string task)
    {
        var id = client.NextId();
        return client.AskAsync(Rpc.Request(id, method, $$"""{"taskId":"{{task}}"}"""), id);
    }

    private static string? RelatedTask(JsonElement message) =>
        message.Get("_meta").Get(RelatedTaskKey).Get("taskId").GetString();
}
