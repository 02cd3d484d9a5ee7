using McpGateway.Policies.Items;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Policies.Items;

public sealed class ListFilterTests
{
    [Fact]
    public void Page_KeepsWhatIsAllowed_ByteForByte() => Assert.Equal(
        """{"jsonrpc":"2.0","id":7,"result":{ "_meta":{"n":1.50}, "tools" : [{"name":"a","x":1.0}"""
            + """,{"name" : "c"}] ,"nextCursor":"2"}}""",
        Filtered("""{ "_meta":{"n":1.50}, "tools" : [ {"name":"a","x":1.0} , {"name":"deny_b"}"""
            + """,{"name" : "c"}] ,"nextCursor":"2"}"""));

    [Fact]
    public void Page_Emptied_KeepsItsCursor() => Assert.Equal(
        """{"jsonrpc":"2.0","id":7,"result":{"tools":[],"nextCursor":"2"}}""",
        Filtered("""{"tools":[{"name":"deny_a"}],"nextCursor":"2"}"""));

    [Theory]
    [InlineData("""{"name":"ok","name":"deny_x"}""")]
    [InlineData("""{"name":"ok","Name":"deny_x"}""")]
    [InlineData("""{"name":"ok","nam\u0065":"deny_x"}""")]
    [InlineData("""{"name":"ok","name\u0000":"deny_x"}""")]
    [InlineData("""{"name":"\u0064eny_x"}""")]
    [InlineData("""{"name":"DENY_x"}""")]
    [InlineData("""{"name":null}""")]
    [InlineData("{}")]
    [InlineData("\"ok\"")]
    [InlineData("null")]
    public void Item_ThatIsForbiddenOrUnclear_IsLeftOut(string item) => Assert.Equal(
        """{"jsonrpc":"2.0","id":7,"result":{"tools":[{"name":"ok"}]}}""", Filtered($$"""{"tools":[{{item}},{"name":"ok"}]}"""));

    [Theory]
    [InlineData("""{"tools":[],"tools":[{"name":"deny_x"}]}""")]
    [InlineData("""{"tools":[],"Tools":[{"name":"deny_x"}]}""")]
    [InlineData("""{"tools":{"name":"deny_x"}}""")]
    [InlineData("""[{"name":"deny_x"}]""")]
    public void Page_ThatCanBeReadInTwoWays_IsAnError(string result) =>
        Assert.Contains("can be read in more than one way", Filtered(result), StringComparison.Ordinal);

    [Theory]
    [InlineData(0, "tools", "name")]
    [InlineData(1, "prompts", "name")]
    [InlineData(2, "resources", "uri")]
    [InlineData(3, "resourceTemplates", "uriTemplate")]
    public void EachKind_HasItsMembers(int kind, string list, string member) => Assert.Equal(
        $$$"""{"jsonrpc":"2.0","id":7,"result":{"{{{list}}}":[{"{{{member}}}":"ok"}]}}""",
        Filtered($$$"""{"{{{list}}}":[{"{{{member}}}":"ok"},{"{{{member}}}":"deny_x"}]}""", (ItemKind)kind));

    [Fact]
    public void ErrorsAndEmptyResults_StayAsTheyAre()
    {
        Assert.Equal("""{"jsonrpc":"2.0","id":7,"result":{}}""", Filtered("{}"));
        var error = Json.Message("""{"jsonrpc":"2.0","id":7,"error":{"code":-1,"message":"x"}}""");
        Assert.Same(error, ListFilter.Apply(error, ItemKind.Tool, ToolRulesTests.Rules(deny: ["*"])));
    }

    [Fact]
    public void Answer_OfARequestThatIsNotKnown_IsFilteredByWhatItHolds()
    {
        var noted = new List<string>();
        string ByContent(string result)
        {
            using var filtered = ListFilter.ApplyByContent(
                Json.Message($$"""{"jsonrpc":"2.0","id":7,"result":{{result}}}"""), ToolRulesTests.Rules(deny: ["deny_*"]),
                (kind, names) => noted.AddRange(names.Select(name => $"{kind} {name}")));
            return Json.Written(filtered);
        }

        Assert.Equal(
            """{"jsonrpc":"2.0","id":7,"result":{"prompts":[{"name":"a"}],"tools":[]}}""",
            ByContent("""{"prompts":[{"name":"a"},{"name":"deny_b"}],"tools":[{"name":"deny_c"}]}"""));
        Assert.Equal(["Tool deny_c", "Prompt a", "Prompt deny_b"], noted);
        Assert.Contains("more than one way", ByContent("""{"tools":[],"tools":[{"name":"deny_c"}]}"""), StringComparison.Ordinal);
        Assert.Contains("more than one way", ByContent("""{"tools":{"name":"deny_c"}}"""), StringComparison.Ordinal);
        const string Other = """{"jsonrpc":"2.0","id":7,"result":{"content":[{"name":"deny_d"}]}}""";
        Assert.Equal(Other, ByContent("""{"content":[{"name":"deny_d"}]}"""));
    }

    private static string Filtered(string result, ItemKind kind = ItemKind.Tool)
    {
        var answer = Json.Message($$"""{"jsonrpc":"2.0","id":1,"result":{{result}}}""");
        answer.ReplaceId(7);
        using var filtered = ListFilter.Apply(answer, kind, ToolRulesTests.Rules(deny: ["deny_*"]));
        return Json.Written(filtered);
    }
}
