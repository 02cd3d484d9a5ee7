using System.Security.Claims;
using McpGateway.Configuration;
using McpGateway.Policies.Items;

namespace McpGateway.Tests.Policies.Items;

public sealed class ToolRulesTests
{
    [Fact]
    public void Allow_IsExactAndDeny_IsNot()
    {
        var rules = Rules(allow: ["read_*", "Delete_x"], deny: ["delete_*"]);
        Assert.True(rules.Allow("read_file"));
        Assert.False(rules.Allow("READ_file"));
        Assert.False(rules.Allow("Delete_x"));
        Assert.False(rules.Allow("write_file"));
        Assert.False(Rules(deny: ["delete_*"]).Allow("DELETE_all"));
        Assert.True(Rules(deny: ["delete_*"]).Allow("read"));
        Assert.False(Rules(allow: []).Allow("read"));
    }

    [Theory]
    [InlineData("file:///secret/a")]
    [InlineData("FILE:///secret/a")]
    [InlineData("file:///%73ecret/a")]
    [InlineData("file:///%2573ecret/a")]
    [InlineData("file:///public/../secret/a")]
    [InlineData("file:///public/%2e%2e/secret/a")]
    [InlineData("file:///public/%2E./secret/a")]
    [InlineData("file:///public\\..\\secret/a")]
    [InlineData("file:///./secret/a")]
    [InlineData("file:///secret/a\u0000")]
    [InlineData("file:///x%00/secret")]
    public void Resource_ThatMayBeReadAsADeniedOne_IsDenied(string uri)
    {
        Assert.False(Rules(deny: ["file:///secret*"]).Allow(new RequestedItem(ItemKind.Resource, uri)));
        Assert.False(Rules(allow: ["file:///public*"]).Allow(new RequestedItem(ItemKind.Resource, uri)));
    }

    [Theory]
    [InlineData("file:////secret/a")]
    [InlineData("file://///secret//a")]
    [InlineData("file:///%2fsecret/a")]
    [InlineData("file:///x//secret/a")]
    public void Resource_WithMoreSlashesThanADeniedOne_IsDenied_AndNeedsItsScopes(string uri)
    {
        var item = new RequestedItem(ItemKind.Resource, uri);
        Assert.False(Rules(deny: ["file:///secret/*", "*/x/secret/*"]).Allow(item));
        Assert.Equal(["admin"],
            Rules(scopes: new() { ["file:///secret/*"] = ["admin"], ["*/x/secret/*"] = ["admin"] }).MissingFor(item, default));
    }

    [Fact]
    public void Resource_WithAnotherUriInIt_IsAllowedAsItIsWritten()
    {
        var rules = Rules(allow: ["page://https://docs.example.com/*"], deny: ["*/private/*"]);
        Assert.True(rules.Allow(new RequestedItem(ItemKind.Resource, "page://https://docs.example.com/a")));
        Assert.False(rules.Allow(new RequestedItem(ItemKind.Resource, "page://https://docs.example.com//private//a")));
    }

    /// <summary>What can be read in two ways must be allowed in both.</summary>
    [Fact]
    public void Resource_ThatIsAllowedAsItIsWrittenAlone_IsDenied()
    {
        var rules = Rules(allow: ["file:///a%2Fb"]);
        Assert.False(rules.Allow(new RequestedItem(ItemKind.Resource, "file:///a%2Fb")));
        Assert.True(Rules(allow: ["file:///a%2Fb", "file:///a/b"]).Allow(new RequestedItem(ItemKind.Resource, "file:///a%2Fb")));
    }

    [Fact]
    public void Tool_IsNoUri_AndHasOneReading() =>
        Assert.Empty(Rules(scopes: new() { ["admin"] = ["admin"] }).MissingFor(Tool("%61dmin"), default));

    [Theory]
    [InlineData(4, true)]
    [InlineData(5, false)]
    public void Resource_EncodedSeveralTimes_IsReadUpToALimit(int times, bool isRead)
    {
        var uri = "file:///%" + string.Concat(Enumerable.Repeat("25", times - 1)) + "61";
        Assert.Equal(isRead, ResourceUri.Readings(uri) is [.., "file:///a"]);
    }

    [Theory]
    [InlineData("file:///public/a")]
    [InlineData("file:///public/a%20b")]
    [InlineData("file:///public/..a")]
    public void Resource_ThatIsNotDenied_IsAllowed(string uri) => Assert.True(
        Rules(allow: ["file:///public/*"], deny: ["file:///secret*"]).Allow(new RequestedItem(ItemKind.Resource, uri)));

    [Fact]
    public void Item_WithoutAReadableName_IsDenied() =>
        Assert.False(Rules(deny: ["x"]).Allow(new RequestedItem(ItemKind.Tool, null)));

    [Fact]
    public void Scopes_OfAllPatternsThatMatch_AreNeeded()
    {
        var rules = Rules(scopes: new() { ["delete_*"] = ["admin"], ["*_file"] = ["files", "admin"], ["other"] = ["x"] });
        Assert.Equal(["admin", "files"], rules.MissingFor(Tool("DELETE_File"), Granted()).Order());
        Assert.Equal(["admin", "files"], rules.MissingFor(Tool("delete_file"), Granted("admin")).Order()); // all in one challenge
        Assert.Empty(rules.MissingFor(Tool("delete_file"), Granted("files", "admin")));
        Assert.Equal(["admin"], rules.MissingFor(Tool("delete_x"), Granted("Admin")));
        Assert.Equal(["admin"], rules.MissingFor(Tool("delete_x"), default));
        Assert.Empty(rules.MissingFor(Tool("read"), default));
    }

    [Fact]
    public void Scopes_OfAResource_AreThoseOfWhatItMayBeReadAs() => Assert.Equal(["admin"],
        Rules(scopes: new() { ["file:///secret*"] = ["admin"] }).MissingFor(
            new RequestedItem(ItemKind.Resource, "file:///%73ecret"), default));

    [Theory]
    [InlineData("file:///{path}", "file:///a", true)]
    [InlineData("file:///{path}", "file://a", false)]
    [InlineData("db://{table}/rows/{id}", "db://users/rows/5", true)]
    [InlineData("db://{table}/rows/{id}", "db://users/columns/5", false)]
    [InlineData("db://users", "db://users", false)]
    [InlineData("db://{table", "db://users", false)]
    [InlineData("{+uri}", "db://users", true)]
    [InlineData("db://{table}/rows", "db://users/rows", true)]
    [InlineData("db://{table}/rows", "db://users/columns", false)]
    public void Template_TellsWhichUrisAreItsOwn(string template, string uri, bool isOf) =>
        Assert.Equal(isOf, ResourceUri.IsOf(template, uri));

    internal static ToolRules Rules(string[]? allow = null, string[]? deny = null, Dictionary<string, string[]>? scopes = null) =>
        new(new ServerToolsConfig
        {
            Allow = allow is null ? null : new EquatableList<string>(allow),
            Deny = new EquatableList<string>(deny ?? []),
            Scopes = new EquatableMap<EquatableList<string>>(
                (scopes ?? []).Select(rule => KeyValuePair.Create(rule.Key, new EquatableList<string>(rule.Value)))),
        });

    private static RequestedItem Tool(string name) => new(ItemKind.Tool, name);

    private static CallerScopes Granted(params string[] scopes) =>
        new(new ClaimsPrincipal(new ClaimsIdentity(scopes.Select(scope => new Claim("scope", scope)))));
}
