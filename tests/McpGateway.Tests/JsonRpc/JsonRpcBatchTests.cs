using System.Text;
using McpGateway.JsonRpc;

namespace McpGateway.Tests.JsonRpc;

public sealed class JsonRpcBatchTests
{
    [Theory]
    [InlineData("[]", true)]
    [InlineData(" \r\n\t[1]", true)]
    [InlineData("{}", false)]
    [InlineData("", false)]
    [InlineData("\"[\"", false)]
    public void IsBatch_LooksAtTheFirstToken(string body, bool expected) =>
        Assert.Equal(expected, JsonRpcBatch.IsBatch(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Split_Messages_GivesEachAsItStands()
    {
        var body = Encoding.UTF8.GetBytes(""" [ {"a":[1,2]} ,"x", 5 ] """);
        Assert.Null(JsonRpcBatch.Split(body, out var parts));
        Assert.Equal(["""{"a":[1,2]}""", "\"x\"", "5"], parts.Select(part => Encoding.UTF8.GetString(part.In(body))));
    }

    [Theory]
    [InlineData("[{}")]
    [InlineData("[{}]]")]
    [InlineData("[{}] {}")]
    [InlineData("[{},]")]
    public void Split_NotOneJsonValue_IsParseError(string body) =>
        Assert.Equal(JsonRpcErrorCode.ParseError, JsonRpcBatch.Split(Encoding.UTF8.GetBytes(body), out _)?.Code);

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(50, true)]
    [InlineData(51, false)]
    public void Split_Count_IsLimited(int count, bool accepted)
    {
        var body = Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Repeat("{}", count)) + "]");
        Assert.Equal(accepted ? null : JsonRpcErrorCode.InvalidRequest, JsonRpcBatch.Split(body, out _)?.Code);
    }

    [Fact]
    public void Split_MessageOfTheGreatestDepth_IsLeftToItsOwnReading()
    {
        var message = string.Concat(Enumerable.Repeat("[", 256)) + string.Concat(Enumerable.Repeat("]", 256));
        Assert.Null(JsonRpcBatch.Split(Encoding.UTF8.GetBytes($"[{message}]"), out var parts));
        Assert.Single(parts);
    }
}
