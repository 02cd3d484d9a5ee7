using McpGateway.Policies.Items;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Policies.Items;

public sealed class RequestedItemTests
{
    [Theory]
    [InlineData("""{"name":"delete"}""", "delete")]
    [InlineData("""{"name":"\u0064elete"}""", "delete")]
    [InlineData("""{"n\u0061me":"delete"}""", "delete")]
    [InlineData("""{"name":"delete\u0000"}""", "delete\0")]
    [InlineData("""{"name":"Delete"}""", "Delete")]
    [InlineData("""{"name":["delete"]}""", null)]
    [InlineData("""{"name":null}""", null)]
    [InlineData("""{"name":"\ud800"}""", null)]
    [InlineData("{}", null)]
    public void Tool_IsReadAsTheServerReadsIt(string parameters, string? name) =>
        Assert.Equal(new RequestedItem(ItemKind.Tool, name), Read("tools/call", parameters));

    [Theory]
    [InlineData("""{"ref":{"type":"ref/prompt","name":"hello"}}""", ItemKind.Prompt, "hello")]
    [InlineData("""{"ref":{"type":"ref/pr\u006fmpt","n\u0061me":"hello"}}""", ItemKind.Prompt, "hello")]
    [InlineData("""{"ref":{"type":"ref/resource","uri":"db://{x}"}}""", ItemKind.ResourceTemplate, "db://{x}")]
    [InlineData("""{"ref":{"type":"ref/resource","uri":"db://{x}","name":"ok"}}""", ItemKind.ResourceTemplate, "db://{x}")]
    [InlineData("""{"ref":{"type":"ref/prompt","name":"ok","name":"hello"}}""", ItemKind.Prompt, null)]
    [InlineData("""{"ref":{"type":"ref/prompt","name":"ok","Name":"hello"}}""", ItemKind.Prompt, null)]
    [InlineData("""{"ref":{"type":"ref/prompt","name":"ok","name\u0000":"hello"}}""", ItemKind.Prompt, null)]
    [InlineData("""{"ref":{"type":"ref/prompt","type":"ref/resource","name":"ok","uri":"x"}}""", ItemKind.Prompt, null)]
    [InlineData("""{"ref":{"type":"ref/tool","name":"ok"}}""", ItemKind.Prompt, null)]
    [InlineData("""{"ref":["ref/prompt"]}""", ItemKind.Prompt, null)]
    [InlineData("""{"ref":"hello"}""", ItemKind.Prompt, null)]
    [InlineData("{}", ItemKind.Prompt, null)]
    internal void Completion_IsReadByItsReference(string parameters, ItemKind kind, string? name) =>
        Assert.Equal(new RequestedItem(kind, name), Read("completion/complete", parameters));

    [Theory]
    [InlineData("prompts/get", """{"name":"hello"}""", ItemKind.Prompt, "hello")]
    [InlineData("resources/read", """{"uri":"test://a"}""", ItemKind.Resource, "test://a")]
    [InlineData("resources/subscribe", """{"uri":"test://a"}""", ItemKind.Resource, "test://a")]
    internal void OtherMethods_NameWhatTheyUse(string method, string parameters, ItemKind kind, string name) =>
        Assert.Equal(new RequestedItem(kind, name), Read(method, parameters));

    [Theory]
    [InlineData("tools/list")]
    [InlineData("resources/unsubscribe")]
    [InlineData("ping")]
    [InlineData("x/y")]
    public void OtherMethods_UseNothing(string method) => Assert.Null(Read(method, "{}"));

    [Theory]
    [InlineData("Tools/call", true)]
    [InlineData("tools/call\0", true)]
    [InlineData("toolſ/call", true)]
    [InlineData(" tools/call ", true)]
    [InlineData("tools/call/", true)]
    [InlineData("TOOLS/LIST", true)]
    [InlineData("tools/call", false)]
    [InlineData("tasks/list", false)]
    [InlineData("ping", false)]
    public void Method_ThatOnlySomeServersTakeForARuledOne_IsFound(string method, bool disguised) =>
        Assert.Equal(disguised, RequestedItem.IsRuledInDisguise(method));

    private static RequestedItem? Read(string method, string parameters)
    {
        using var message = Json.Message($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""");
        return RequestedItem.Of(message);
    }
}
