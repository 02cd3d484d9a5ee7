using System.Text;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.JsonRpc;
using McpGateway.Policies.Items;

namespace McpGateway.Tests.Policies.Items;

public sealed class ListedItemsTests
{
    private static readonly ToolRules Rules = ToolRulesTests.Rules(deny: ["db://secrets/{id}"]);

    private readonly List<string> _asked = [];
    private readonly Dictionary<string, string> _answers = [];
    private readonly ListedItems _catalogue;

    public ListedItemsTests() => _catalogue = new ListedItems(request =>
    {
        using (request)
            _asked.Add(request.Envelope.Method + JsonMembers.FindText(request.Envelope.Params.In(request.Utf8), "cursor"u8));
        return Task.FromResult(new GatewayAnswer(_answers.TryGetValue(_asked[^1], out var answer) ? Encoding.UTF8.GetBytes(answer) : null, null));
    });

    [Fact]
    public async Task Tool_OnALaterPage_IsFoundAndRememberedUntilTheListChanges()
    {
        _answers["tools/list"] = """{"tools":[{"name":"a"}],"nextCursor":"2"}""";
        _answers["tools/list2"] = """{"tools":[{"name":"b"}]}""";
        Assert.Null(await _catalogue.CheckAsync(new RequestedItem(ItemKind.Tool, "b"), Rules));
        Assert.Null(await _catalogue.CheckAsync(new RequestedItem(ItemKind.Tool, "a"), Rules));
        Assert.Equal(["tools/list", "tools/list2"], _asked);
        Assert.Equal(JsonRpcErrorCode.InvalidParams, (await _catalogue.CheckAsync(new RequestedItem(ItemKind.Tool, "B"), Rules))!.Code);
        Assert.False(_catalogue.Lists(new RequestedItem(ItemKind.Prompt, "a"), Rules));
        _catalogue.Clear();
        Assert.False(_catalogue.Lists(new RequestedItem(ItemKind.Tool, "a"), Rules));
    }

    [Fact]
    public async Task List_WithoutEnd_IsGivenUp()
    {
        _answers["tools/list"] = _answers["tools/listx"] = """{"tools":[{"name":"a"}],"nextCursor":"x"}""";
        Assert.NotNull(await _catalogue.CheckAsync(new RequestedItem(ItemKind.Tool, "b"), Rules));
        Assert.Equal(200, _asked.Count);
    }

    [Theory]
    [InlineData("db://users/5", true)]
    [InlineData("db://fixed", true)]
    [InlineData("db://secrets/5", false)] // only a template that is denied lists it
    [InlineData("db://other", false)]
    public async Task Resource_IsListedByItselfOrByATemplateThatMayBeUsed(string uri, bool listed)
    {
        _answers["resources/list"] = """{"resources":[{"uri":"db://fixed"}]}""";
        _answers["resources/templates/list"] = """{"resourceTemplates":[{"uriTemplate":"db://users/{id}"},{"uriTemplate":"db://secrets/{id}"}]}""";
        Assert.Equal(listed, await _catalogue.CheckAsync(new RequestedItem(ItemKind.Resource, uri), Rules) is null);
    }

    [Fact]
    public async Task Failure_OfTheChild_IsTheAnswer()
    {
        var failure = new JsonRpcError(JsonRpcErrorCode.InternalError, "gone");
        var catalogue = new ListedItems(_ => Task.FromResult(new GatewayAnswer(null, failure)));
        Assert.Same(failure, await catalogue.CheckAsync(new RequestedItem(ItemKind.Tool, "a"), Rules));
    }

    [Fact]
    public void Names_ThatPassedBy_AreRemembered()
    {
        _catalogue.Note(ItemKind.Tool, ["a", new string('x', 5000)]);
        Assert.True(_catalogue.Lists(new RequestedItem(ItemKind.Tool, "a"), Rules));
        Assert.False(_catalogue.Lists(new RequestedItem(ItemKind.Tool, new string('x', 5000)), Rules));
        Assert.False(_catalogue.Lists(new RequestedItem(ItemKind.Tool, null), Rules));
    }
}
