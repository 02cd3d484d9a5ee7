using McpGateway.Backends.Stdio.Sharing;
using McpGateway.JsonRpc;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Backends.Stdio.Sharing;

public sealed class CapabilitySetTests
{
    [Theory]
    [InlineData("""{"capabilities":{"sampling":{},"roots":{"listChanged":true}}}""",
        """{"roots":{"listChanged":true},"sampling":{}}""")]
    [InlineData("""{"capabilities": { "roots" : { "listChanged" : true }, "s\u0061mpling" : {} } }""",
        """{"roots":{"listChanged":true},"sampling":{}}""")]
    [InlineData("""{"capabilities":{"b":[{"d":1,"c":2},null],"a":"x"}}""", """{"a":"x","b":[{"c":2,"d":1},null]}""")]
    [InlineData("""{"capabilities":{}}""", "{}")]
    [InlineData("{}", "{}")]
    public void TryRead_EqualSets_AreEqualStrings(string parameters, string expected)
    {
        Assert.Null(Read(parameters, out var capabilities));
        Assert.Equal(expected, capabilities);
    }

    [Theory]
    [InlineData("""{"capabilities":[]}""")]
    [InlineData("""{"capabilities":null}""")]
    [InlineData("""{"capabilities":{"a":{"b":1,"b":2}}}""")]
    [InlineData("""{"capabilities":{"a":"\ud800"}}""")]
    public void TryRead_NoObjectOrAmbiguous_IsRefused(string parameters) =>
        Assert.Equal(JsonRpcErrorCode.InvalidRequest, Read(parameters, out _)?.Error.Code);

    [Fact]
    public void TryRead_LargeOrDeep_IsRefused()
    {
        Assert.NotNull(Read("{\"capabilities\":{\"a\":\"" + new string('x', 20_000) + "\"}}", out _));
        Assert.NotNull(Read("{\"capabilities\":{\"a\":" + new string('[', 100) + new string(']', 100) + "}}", out _));
    }

    private static McpGateway.Policies.Refusal? Read(string parameters, out string capabilities)
    {
        using var message = Json.Message($$"""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{{parameters}}}""");
        return CapabilitySet.TryRead(message, out capabilities);
    }
}
