using McpGateway.Backends.Stdio.Supervision;
using McpGateway.JsonRpc;
using McpGateway.Sessions;
using McpGateway.Tests.Backends.Stdio;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Sessions;

public sealed class ServerRequestTableTests : IDisposable
{
    private readonly SessionsFixture _fixture = new();
    private readonly ServerRequestTable _requests = new(hidesProgressTokens: false);
    private readonly FakeConnection _connection = new();
    private readonly Session _alice;
    private readonly Session _bob;

    public ServerRequestTableTests()
    {
        var manager = _fixture.Manager();
        var server = new StdioServerState(ServersFixture.Config());
        manager.TryOpen(SessionKind.Sse, server, SessionsFixture.Alice, out var alice);
        manager.TryOpen(SessionKind.Sse, server, SessionsFixture.Bob, out var bob);
        (_alice, _bob) = (alice!, bob!);
    }

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void TryTake_OnlyWhatThisSessionWasSentAndOnlyOnce()
    {
        var id = Add("\"child\"");
        Assert.Null(_requests.TryTake(_alice, id + 1));
        Assert.Null(_requests.TryTake(_alice, JsonRpcId.FromString($"{id}")));
        Assert.Null(_requests.TryTake(_alice, default));
        Assert.Null(_requests.TryTake(_bob, id));
        Assert.Equal(JsonRpcId.FromString("child"), _requests.TryTake(_alice, id)?.ServerId);
        Assert.Null(_requests.TryTake(_alice, id));
    }

    [Fact]
    public void TryAdd_ServersIdInFlight_IsRefused()
    {
        var first = Add("5");
        using var second = Json.Message("""{"jsonrpc":"2.0","id":5,"method":"roots/list"}""");
        Assert.False(_requests.TryAdd(_bob, second, null, _connection));
        Assert.NotEqual(first, Add("\"5\""));
        Assert.True(_requests.TryAdd(_bob, second, null, new FakeConnection())); // another process's ids are its own
        _requests.TryTake(_alice, first);
        Assert.NotEqual(first, Add("5"));
    }

    [Fact]
    public void TryTake_ByTheServersId_GivesTheClientsIdOnce()
    {
        var id = Add("5");
        Assert.Null(_requests.TryTake(_connection, 6));
        Assert.Equal(id, _requests.TryTake(_connection, 5)?.ClientId);
        Assert.Null(_requests.TryTake(_connection, 5));
        Assert.Null(_requests.TryTake(_alice, id));
    }

    [Fact]
    public void TakeAll_TakesOneSessionsOnly()
    {
        var (first, second) = (Add("1"), Add("2"));
        var other = Add("3", _bob);
        Assert.Equal([first, second], _requests.TakeAll(_alice).Select(request => request.ClientId).Order());
        Assert.Null(_requests.TryTake(_alice, first));
        Assert.NotNull(_requests.TryTake(_bob, other));
    }

    [Fact]
    public void ServerTokenOf_IsKnownToTheSessionAlone()
    {
        using var request = Json.Message(
            """{"jsonrpc":"2.0","id":5,"method":"roots/list","params":{"_meta":{"progressToken":"child"}}}""");
        Assert.True(_requests.TryAdd(_alice, request, null, _connection));
        Assert.Equal(JsonRpcId.FromString("child"), _requests.ServerTokenOf(_alice, 1));
        Assert.True(_requests.ServerTokenOf(_bob, 1).IsNone);
        _requests.TryTake(_alice, 1);
        Assert.True(_requests.ServerTokenOf(_alice, 1).IsNone);
    }

    [Fact]
    public void AnyWithoutCall_TellsWhetherTheClientMustAnswerForNoCallOfItsOwn()
    {
        var call = Call();
        var id = Add("1", _alice, call);
        Assert.False(_requests.AnyWithoutCall(_alice));
        Assert.True(call.WaitsForClient);
        _requests.TryTake(_alice, id);
        Assert.False(call.WaitsForClient);
        Add("2");
        Assert.True(_requests.AnyWithoutCall(_alice));
        Assert.False(_requests.AnyWithoutCall(_bob));
        _requests.TryTake(_connection, 2);
        Assert.False(_requests.AnyWithoutCall(_alice));
    }

    private ClientCall Call()
    {
        using var message = Json.Request(1);
        var calls = new SessionCalls(_alice);
        calls.Join(new CallRegistry("one", isShared: false, _fixture.Time, _fixture.Recorder.Metrics));
        return new ClientCall(calls, 1, message, _fixture.Post());
    }

    private long Add(string childId, Session? session = null, ClientCall? call = null)
    {
        using var request = Json.Message($$"""{"jsonrpc":"2.0","id":{{childId}},"method":"roots/list"}""");
        Assert.True(_requests.TryAdd(session ?? _alice, request, call, _connection));
        return (long)System.Text.Json.Nodes.JsonNode.Parse(Json.Written(request))!["id"]!;
    }
}
