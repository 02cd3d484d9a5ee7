using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Backends.Stdio;

public sealed class AnswerReaderTests
{
    [Theory]
    [InlineData(""" "result":{"task":{"taskId":"t1","status":"working"}} """, "t1")]
    [InlineData(""" "result":{"task":{"taskId":1}} """, null)]
    [InlineData(""" "result":{"task":"t1"} """, null)]
    [InlineData(""" "result":{"taskId":"t1"} """, null)]
    [InlineData(""" "result":"task" """, null)]
    [InlineData(""" "error":{"code":-1,"message":"x"} """, null)]
    public void FindTask_GivesTheTaskThatWasCreated(string outcome, string? expected)
    {
        using var answer = Json.Message($$"""{"jsonrpc":"2.0","id":1,{{outcome}}}""");
        Assert.Equal(expected, AnswerReader.FindTask(answer));
    }

    [Theory]
    [InlineData("""{"code":-32042,"message":"x","data":{"elicitations":[{"mode":"url","elicitationId":"a"}"""
        + """,{"elicitationId":"b"}]}}""", "a,b")]
    [InlineData("""{"code":-32042,"message":"x","data":{"elicitations":[{"elicitationId":7},"a"]}}""", "")]
    [InlineData("""{"code":-32042,"message":"x","data":{"elicitations":{"elicitationId":"a"}}}""", "")]
    [InlineData("""{"code":-32042,"message":"x","data":[]}""", "")]
    [InlineData("""{"code":-32042,"message":"x"}""", "")]
    [InlineData("""{"code":-32602,"message":"x","data":{"elicitations":[{"elicitationId":"a"}]}}""", "")]
    [InlineData("""{"code":"-32042","message":"x","data":{"elicitations":[{"elicitationId":"a"}]}}""", "")]
    [InlineData("null", "")]
    public void FindElicitations_GivesWhereTheClientIsSent(string error, string expected)
    {
        using var answer = Json.Message($$"""{"jsonrpc":"2.0","id":1,"error":{{error}}}""");
        Assert.Equal(expected, string.Join(',', AnswerReader.FindElicitations(answer)));
    }
}
