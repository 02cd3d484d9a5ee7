using System.Text;
using McpGateway.Policies;
using McpGateway.JsonRpc;
using McpGateway.Policies.Items;

namespace McpGateway.Tests.Policies.Items;

public sealed class ListedItemsTests
{
    private static readonly ToolRules Rules = ToolRulesTests.Rules(deny: ["db://secrets/{id}"]);

    private readonly List<string> _requests = [];
    private readonly Dictionary<string, string> _answers = [];
    private readonly ListedItems _listed;

    public ListedItemsTests() => _listed = new ListedItems(request =>
    {
        using (request)
            _requests.Add(request.Envelope.Method + JsonMembers.FindText(request.Envelope.Params.In(request.Utf8), "cursor"u8));
        return Task.FromResult(
            new GatewayAnswer(_answers.TryGetValue(_requests[^1], out var answer) ? Encoding.UTF8.GetBytes(answer) : null, null));
    });

    [Fact]
    public async Task Tool_OnALaterPage_IsFoundAndRememberedUntilTheListChanges()
    {
        _answers["tools/list"] = """{"tools":[{"name":"a"}],"nextCursor":"2"}""";
        _answers["tools/list2"] = """{"tools":[{"name":"b"}]}""";
        Assert.Null(await _listed.CheckAsync(new RequestedItem(ItemKind.Tool, "b"), Rules));
        Assert.Null(await _listed.CheckAsync(new RequestedItem(ItemKind.Tool, "a"), Rules));
        Assert.Equal(["tools/list", "tools/list2"], _requests);
        Assert.Equal(JsonRpcErrorCode.InvalidParams,
            (await _listed.CheckAsync(new RequestedItem(ItemKind.Tool, "B"), Rules))!.Code);
        Assert.False(_listed.Lists(new RequestedItem(ItemKind.Prompt, "a"), Rules));
        _listed.Clear();
        Assert.False(_listed.Lists(new RequestedItem(ItemKind.Tool, "a"), Rules));
    }

    [Fact]
    public async Task List_WithoutEnd_IsGivenUp()
    {
        _answers["tools/list"] = _answers["tools/listx"] = """{"tools":[{"name":"a"}],"nextCursor":"x"}""";
        Assert.NotNull(await _listed.CheckAsync(new RequestedItem(ItemKind.Tool, "b"), Rules));
        Assert.Equal(200, _requests.Count);
    }

    [Theory]
    [InlineData("db://users/5", true)]
    [InlineData("db://fixed", true)]
    [InlineData("db://secrets/5", false)] // only a template that is denied lists it
    [InlineData("db://other", false)]
    public async Task Resource_IsListedByItselfOrByATemplateThatMayBeUsed(string uri, bool listed)
    {
        _answers["resources/list"] = """{"resources":[{"uri":"db://fixed"}]}""";
        _answers["resources/templates/list"] =
            """{"resourceTemplates":[{"uriTemplate":"db://users/{id}"},{"uriTemplate":"db://secrets/{id}"}]}""";
        Assert.Equal(listed, await _listed.CheckAsync(new RequestedItem(ItemKind.Resource, uri), Rules) is null);
    }

    [Fact]
    public async Task Failure_OfTheChild_IsTheAnswer()
    {
        var failure = new JsonRpcError(JsonRpcErrorCode.InternalError, "gone");
        var listed = new ListedItems(_ => Task.FromResult(new GatewayAnswer(null, failure)));
        Assert.Same(failure, await listed.CheckAsync(new RequestedItem(ItemKind.Tool, "a"), Rules));
    }

    [Fact]
    public void Names_ThatPassedBy_AreRemembered()
    {
        _listed.Note(ItemKind.Tool, ["a", new string('x', 4096), new string('x', 4097)]);
        Assert.True(_listed.Lists(new RequestedItem(ItemKind.Tool, new string('x', 4096)), Rules));
        Assert.True(_listed.Lists(new RequestedItem(ItemKind.Tool, "a"), Rules));
        Assert.False(_listed.Lists(new RequestedItem(ItemKind.Tool, new string('x', 4097)), Rules));
        Assert.False(_listed.Lists(new RequestedItem(ItemKind.Tool, null), Rules));
    }

    [Fact]
    public async Task List_ThatChangedWhileItWasRead_IsReadAgain()
    {
        var first = new TaskCompletionSource<GatewayAnswer>();
        var requests = 0;
        var listed = new ListedItems(_ => Interlocked.Increment(ref requests) == 1 ? first.Task : Task.FromResult(Tools("new")));
        var (old, next) = (new RequestedItem(ItemKind.Tool, "old"), new RequestedItem(ItemKind.Tool, "new"));
        var (forOld, forNew) = (listed.CheckAsync(old, Rules), listed.CheckAsync(next, Rules));
        await Waiting.UntilAsync(() => Volatile.Read(ref requests) == 1);
        listed.Clear();
        first.SetResult(Tools("old"));
        Assert.Null(await forNew.Soon());
        Assert.NotNull(await forOld.Soon());
        Assert.False(listed.Lists(old, Rules));
    }

    [Fact]
    public async Task List_ThatAlwaysChangesWhileItIsRead_IsGivenUp()
    {
        var requests = 0;
        ListedItems listed = null!;
        listed = new ListedItems(_ =>
        {
            requests++;
            listed.Clear();
            return Task.FromResult(Tools("a"));
        });
        Assert.NotNull(await listed.CheckAsync(new RequestedItem(ItemKind.Tool, "a"), Rules).Soon());
        Assert.Equal(3, requests);
    }

    [Fact]
    public async Task List_ThatTwoWaitFor_IsAskedForByOneOfThemAlone()
    {
        var page = new TaskCompletionSource<GatewayAnswer>();
        var (ofOne, ofOther) = (0, 0);
        var listed = new ListedItems();
        var one = listed.CheckAsync(
            new RequestedItem(ItemKind.Tool, "b"), Rules, _ => ++ofOne == 1 ? page.Task : Task.FromResult(Tools("b")));
        await Waiting.UntilAsync(() => ofOne == 1);
        var other = listed.CheckAsync(new RequestedItem(ItemKind.Tool, "b"), Rules, _ =>
        {
            ofOther++;
            return Task.FromResult(Tools("b"));
        });
        page.SetResult(new GatewayAnswer("""{"tools":[],"nextCursor":"2"}"""u8.ToArray(), null));
        Assert.Equal((null, null), (await one.Soon(), await other.Soon()));
        Assert.Equal((2, 0), (ofOne, ofOther));
    }

    [Fact]
    public async Task Failure_OfAnother_HasTheNextAskForItself()
    {
        var page = new TaskCompletionSource<GatewayAnswer>();
        var began = false;
        var failure = new JsonRpcError(JsonRpcErrorCode.InternalError, "gone");
        var listed = new ListedItems();
        var one = listed.CheckAsync(new RequestedItem(ItemKind.Tool, "a"), Rules, _ =>
        {
            Volatile.Write(ref began, true);
            return page.Task;
        });
        await Waiting.UntilAsync(() => Volatile.Read(ref began));
        var other = listed.CheckAsync(new RequestedItem(ItemKind.Tool, "a"), Rules, _ => Task.FromResult(Tools("a")));
        page.SetResult(new GatewayAnswer(null, failure));
        Assert.Same(failure, await one.Soon());
        Assert.Null(await other.Soon());
    }

    private static GatewayAnswer Tools(string name) => new(Encoding.UTF8.GetBytes($$"""{"tools":[{"name":"{{name}}"}]}"""), null);
}
