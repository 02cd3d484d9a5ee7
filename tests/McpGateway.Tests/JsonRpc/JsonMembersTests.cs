using System.Text;
using McpGateway.JsonRpc;

namespace McpGateway.Tests.JsonRpc;

public sealed class JsonMembersTests
{
    [Theory]
    [InlineData("""{"name":"x","other":{}}""", "x")]
    [InlineData("""{"other":[1,{"name":"nested"}],"n\u0061me":"\u0078"}""", "x")]
    [InlineData("""{"name":"x","name":"y"}""", null)]
    [InlineData("""{"name":5}""", null)]
    [InlineData("""{"name":"\ud800"}""", null)]
    [InlineData("""{"\ud800":1,"name":"x"}""", "x")]
    [InlineData("""{"nested":{"name":"x"}}""", null)]
    [InlineData("[\"name\"]", null)]
    [InlineData("null", null)]
    [InlineData("", null)]
    public void FindText_GivesAClearMemberOfTheObjectItself(string json, string? expected) =>
        Assert.Equal(expected, JsonMembers.FindText(Encoding.UTF8.GetBytes(json), "name"u8));

    [Fact]
    public void TryFind_GivesTheValueAsJson()
    {
        Assert.True(JsonMembers.TryFind("""{"a":1, "name" : {"b":[1, 2]} }"""u8, "name"u8, out var value));
        Assert.Equal("""{"b":[1, 2]}""", Encoding.UTF8.GetString(value));
    }
}
