using McpGateway.Backends.Stdio.Sharing;
using McpGateway.Sessions;
using McpGateway.Tests.Sessions;

namespace McpGateway.Tests.Backends.Stdio.Sharing;

public sealed class RecordedIdsTests
{
    private readonly RecordedIds _ids = new();
    private readonly Session _first = TestSessions.Any();
    private readonly Session _second = TestSessions.Any();

    [Fact]
    public void Find_IsWhoGotIt()
    {
        _ids.Record("a", _first);
        _ids.Record("a", _first);
        _ids.Record("b", _second);
        Assert.Same(_first, _ids.Find("a"));
        Assert.Same(_second, _ids.Find("b"));
        Assert.Null(_ids.Find("c"));
        Assert.Null(_ids.Find(null));
    }

    [Fact]
    public void Record_IdOfTwoSessions_IsNobodys()
    {
        _ids.Record("a", _first);
        _ids.Record("a", _second);
        Assert.Null(_ids.Find("a"));
        _ids.Record("a", _second);
        Assert.Null(_ids.Find("a"));
    }

    [Fact]
    public void Record_OverTheBound_ForgetsTheOldest()
    {
        for (var i = 0; i <= 10_000; i++)
            _ids.Record($"{i}", _first);
        _ids.Record(new string('x', 2000), _first);
        Assert.Null(_ids.Find("0"));
        Assert.Same(_first, _ids.Find("10000"));
        Assert.Null(_ids.Find(new string('x', 2000)));
    }

    [Fact]
    public void TaskTokens_EndWithTheirTask()
    {
        var tokens = new TaskTokens();
        tokens.Record(1, new TaskToken(_first, "a", 7));
        tokens.Record(2, new TaskToken(_second, "b", 7));
        tokens.End("a");
        Assert.Null(tokens.Find(1));
        Assert.Same(_second, tokens.Find(2)?.Session);
        Assert.Null(tokens.Find(McpGateway.JsonRpc.JsonRpcId.FromString("2")));
    }
}
