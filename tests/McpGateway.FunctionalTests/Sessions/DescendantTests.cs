using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Launching.Linux;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpGateway.FunctionalTests.Sessions;

/// <summary>No descendant of a child outlives what it was started for: docs/processes.md, on Linux.</summary>
public sealed class DescendantTests : IDisposable
{

    // A child and its four descendants.
    private const int TreeSize = 5;

    private static readonly string[] Evil =
        ["--ignore-eof", "--ignore-term", "--stubborn-grandchild", "--setsid-grandchild", "--daemon", "--bare-daemon"];

    private static readonly Dictionary<string, string> Environment = new() { ["Limits__SessionsPerUser"] = "1000" };

    private static readonly int Sessions = Stress.Times(6);

    private readonly ChildProcesses _children = new();

    public DescendantTests() => Skip.Unless(
        OperatingSystem.IsLinux(),
        "Only on Linux is it promised: docs/processes.md.");

    public void Dispose() => _children.Dispose();

    [Fact]
    public async Task SessionsEnd_LeavesNothing()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync([.. Evil, .. _children.Flags]);
        var client = await StreamableClient.ConnectAsync(gateway);
        await StartedAsync(TreeSize);

        await client.DeleteAsync();

        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task SessionsEnd_OfOneThatForksForEver_LeavesNothing()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(["--fork-storm", .. _children.Flags]);
        var client = await StreamableClient.ConnectAsync(gateway);
        await Eventually.TrueAsync(() => _children.Generations > 3, "the storm has begun");

        await client.DeleteAsync();

        await _children.CalmAsync();
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task SessionsEnd_OfAWrapper_LeavesNothing()
    {
        // As npx does: it waits for the server, and passes nothing on.
        var json = TestGateway.TestServerJson();
        var server = json["mcpServers"]!["test"]!;
        var arguments = string.Join(' ', [.. Evil, .. _children.Flags]);
        server["command"] = "/bin/sh";
        server["args"] = new JsonArray("-c", $"trap '' TERM; '{TestGateway.TestServer}' {arguments}; true");
        await using var gateway = await TestGateway.StartAsync(json.ToJsonString());
        var client = await StreamableClient.ConnectAsync(gateway);
        await StartedAsync(TreeSize);

        await client.DeleteAsync();

        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task ChildsCrash_LeavesNothing()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync([.. Evil, .. _children.Flags]);
        var client = await StreamableClient.ConnectAsync(gateway);
        await StartedAsync(TreeSize);

        using var answer = await client.PostAsync(Rpc.Call("7", "abort"));
        Assert.Contains("ended by signal 9", await answer.BodyAsync(), StringComparison.Ordinal);

        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Reload_ThatRemovesTheServer_LeavesNothing()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync([.. Evil, .. _children.Flags]);
        await StreamableClient.ConnectAsync(gateway);
        await StartedAsync(TreeSize);

        await gateway.RewriteAsync("""{ "mcpServers": {} }""");

        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task GatewaysStop_LeavesNothing()
    {
        await using var gateway = await StartAsync(Evil);
        await OpenAsync(gateway, 3);

        await gateway.SignalAsync("TERM");

        Assert.Equal(0, await gateway.ExitAsync());
        Assert.Empty(_children.Living);
    }

    [Theory]
    [InlineData("KILL", 128 + 9)]
    [InlineData("HUP", 128 + 1)]
    public async Task GatewaysDeath_LeavesNothing(string signal, int code)
    {
        await using var gateway = await StartAsync([.. Evil, "--fork-storm"]);
        await OpenAsync(gateway, 2);

        await gateway.SignalAsync(signal, gateway.GatewayId);

        Assert.Equal(code, await gateway.ExitAsync());
        Assert.Empty(_children.Living);
        await _children.CalmAsync();
    }

    [Fact]
    public async Task GatewaysDeath_WithManySessions_LeavesNothingFiveSecondsLater()
    {
        await using var gateway = await StartAsync(Evil);
        await OpenAsync(gateway, Sessions);

        await gateway.SignalAsync("KILL", gateway.GatewayId);

        await Eventually.TrueAsync(
            () => Task.FromResult(_children.Living.Length == 0), "nothing is left", TimeSpan.FromSeconds(5));
        Assert.Equal(128 + 9, await gateway.ExitAsync());
    }

    [Fact]
    public async Task GuardsDeath_StopsTheGatewayInOrder()
    {
        await using var gateway = await StartAsync(Evil);
        await OpenAsync(gateway, 2);
        var id = gateway.GatewayId;
        Assert.NotEqual(gateway.Id, id);

        await gateway.SignalAsync("KILL");

        await Eventually.TrueAsync(() => _children.Living.Length == 0, "nothing is left");
        // Somebody else is to reap it now: dead is enough.
        await Eventually.TrueAsync(() => ChildProcesses.Read($"/proc/{id}/cmdline").Length == 0, "the gateway has ended");
    }

    [Fact]
    public async Task SwitchedOff_ThereIsNoGuard()
    {
        await using var gateway = await StartAsync([], new() { ["MCPGATEWAY_GUARD"] = "off" });
        Assert.Equal(gateway.Id, gateway.GatewayId);
        await gateway.SignalAsync("TERM");
        Assert.Equal(0, await gateway.ExitAsync());
    }

    [Fact]
    public async Task TwoHundredSessions_AtOnce_LeaveNoPipe()
    {
        const string answer =
            """{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":"""
                + """{"name":"s","version":"1"}}}""";
        var json = TestGateway.TestServerJson(keys: new() { ["maxProcesses"] = 250 });
        json["mcpServers"]!["test"]!["command"] = "/bin/sh";
        json["mcpServers"]!["test"]!["args"] = new JsonArray(
            "-c", "read request; echo \"$0\"; while read message; do :; done", answer);
        await using var gateway = await GatewayProgram.StartAsync(json, Environment);
        await (await ConnectAsync(gateway)).DeleteAsync();
        // A child is reaped before its pipes are closed; its process slot is free after both.
        await Eventually.TrueAsync(
            async () => await gateway.ProcessCountAsync() == 0, "the first child is gone", TestHttp.Timeout);
        var before = gateway.OpenPipes();

        var clients = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => ConnectAsync(gateway)));
        // A thread that ends leaves its children to another: one count may miss them.
        await Eventually.TrueAsync(() => gateway.ChildCount() == 200, "each session has its child");
        await Task.WhenAll(clients.Select(client => client.DeleteAsync()));

        // Zombies would be counted, too.
        await Eventually.TrueAsync(() => gateway.ChildCount() == 0, "all children are gone");
        await Eventually.TrueAsync(() => gateway.OpenPipes() == before, "all pipes are closed");
    }

    private static Task<StreamableClient> ConnectAsync(GatewayProgram gateway) =>
        StreamableClient.ConnectAsync(new Uri(gateway.BaseAddress, "test/mcp"));

    private Task<GatewayProgram> StartAsync(string[] flags, Dictionary<string, string>? environment = null) =>
        GatewayProgram.StartAsync(
            TestGateway.TestServerJson([.. flags, .. _children.Flags], new() { ["maxProcesses"] = Sessions }), environment
                ?? Environment);

    private async Task OpenAsync(GatewayProgram gateway, int sessions)
    {
        await Task.WhenAll(Enumerable.Range(0, sessions).Select(_ => ConnectAsync(gateway)));
        await StartedAsync(sessions * TreeSize);
    }

    private Task StartedAsync(int count) => Eventually.TrueAsync(() => _children.Started.Length >= count, "all have started");

    private async Task NothingIsLeftAsync()
    {
        await _children.GoneAsync();
        await Eventually.TrueAsync(() => _children.Started.All(ChildProcesses.HasGone), "all have been reaped");
    }
}
