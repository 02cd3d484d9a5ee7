using McpGateway.Configuration;
using McpGateway.Sessions;
using McpGateway.Tests.Backends.Stdio;
using McpGateway.Tests.Sessions;

namespace McpGateway.Tests.Policies.Items;

/// <summary>
/// With rules in force the gateway requests a child's lists. Those of the last child say nothing about the next.
/// </summary>
public sealed class ListsAfterRevivalTests
{
    private static readonly ServerToolsConfig Rules = new() { Deny = new EquatableList<string>(["forbidden"]) };

    [Theory]
    [InlineData(Isolation.Session)]
    [InlineData(Isolation.User)]
    [InlineData(Isolation.Shared)]
    public async Task ChildLost_NewOneListsOtherTools_TheOldOnesAreRefused(Isolation isolation)
    {
        await using var server = new PlayedServer(isolation, tools: Rules);
        var session = server.Open();
        var child = await server.BeginAsync(session);
        await ListedAsync(server, session, child, "old");

        child.Exit(3);
        await Waiting.UntilAsync(() => server.State.Processes == 0);
        var next = await RevivedAsync(server, session);

        var refused = Call(server, session, "old");
        await PlayedServer.AnsweredAsync(next, "tools/list", """{"tools":[{"name":"new"}]}""");
        Assert.Contains("-32602", await SessionsFixture.ReadAsync(refused), StringComparison.Ordinal);
        await CalledAsync(server, session, next, "new");
    }

    [Theory]
    [InlineData(Isolation.Session)]
    [InlineData(Isolation.User)]
    [InlineData(Isolation.Shared)]
    public async Task ListChanged_ChildListsOtherTools_TheOldOnesAreRefused(Isolation isolation)
    {
        await using var server = new PlayedServer(isolation, tools: Rules);
        var session = server.Open();
        var child = await server.BeginAsync(session);
        await ListedAsync(server, session, child, "old");
        var stream = session.OpenStream();

        await child.SayAsync("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""");
        Assert.Contains("list_changed", await SessionsFixture.ReadAsync(stream), StringComparison.Ordinal);

        var refused = Call(server, session, "old");
        await PlayedServer.AnsweredAsync(child, "tools/list", """{"tools":[{"name":"new"}]}""");
        Assert.Contains("-32602", await SessionsFixture.ReadAsync(refused), StringComparison.Ordinal);
    }

    // The first call asks for the list; the second finds it remembered.
    private static async Task ListedAsync(PlayedServer server, Session session, FakeChild child, string tool)
    {
        var first = Call(server, session, tool);
        await PlayedServer.AnsweredAsync(child, "tools/list", $$"""{"tools":[{"name":"{{tool}}"}]}""");
        await PlayedServer.AnsweredAsync(child, "tools/call");
        Assert.Contains("\"result\"", await SessionsFixture.ReadAsync(first), StringComparison.Ordinal);
        await CalledAsync(server, session, child, tool);
    }

    private static async Task CalledAsync(PlayedServer server, Session session, FakeChild child, string tool)
    {
        var answer = Call(server, session, tool);
        await PlayedServer.AnsweredAsync(child, "tools/call");
        Assert.Contains("\"result\"", await SessionsFixture.ReadAsync(answer), StringComparison.Ordinal);
    }

    private static async Task<FakeChild> RevivedAsync(PlayedServer server, Session session)
    {
        var pinged = server.Ask(session, """{"jsonrpc":"2.0","id":8,"method":"ping"}""");
        var next = await server.Fixture.Launcher.NextAsync();
        await PlayedServer.InitializedAsync(next);
        Assert.Contains("notifications/initialized", await next.ReadAsync(), StringComparison.Ordinal);
        await PlayedServer.AnsweredAsync(next, "ping");
        Assert.Contains("\"result\"", await SessionsFixture.ReadAsync(pinged), StringComparison.Ordinal);
        return next;
    }

    private static ResponseStream Call(PlayedServer server, Session session, string tool) => server.Ask(
        session, $$$"""{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"{{{tool}}}"}}""");
}
