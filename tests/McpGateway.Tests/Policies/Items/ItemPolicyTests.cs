using System.Security.Claims;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Policies.Items;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Policies.Items;

public sealed class ItemPolicyTests
{
    private static readonly ItemPolicy Policy = new(new ServerToolsConfig
    {
        Scopes = new EquatableMap<EquatableList<string>>(
            [KeyValuePair.Create("delete_*", new EquatableList<string>(["admin", "files"]))]),
    });

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"task":{"ttl":1}}}""", "Lists are not run as tasks")]
    [InlineData("""{"jsonrpc":"2.0","method":"tools/call","params":{"name":"a"}}""", "needs an id")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"Tools/Call","params":{"name":"a"}}""", "write it as MCP does")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", null)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","task":{"ttl":1}}}""", null)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"x/unknown"}""", null)]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/initialized"}""", null)]
    public void Check_OfWhatHasNoItem_RefusesWhatCouldGetAroundTheRules(string json, string? reason)
    {
        using var message = Json.Message(json);
        var refusal = Policy.Check(message, default, out _);
        Assert.Equal(reason is null ? null : RefusalReason.Invalid, refusal?.Reason);
        Assert.Contains(reason ?? string.Empty, refusal?.Error.Message ?? string.Empty, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_WithoutTheScopes_NamesAllThatAreNeeded()
    {
        using var message = Json.Message("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"delete_x"}}""");

        var refusal = Policy.Check(message, Granted("files"), out var item)!;

        Assert.Equal((ItemKind.Tool, "delete_x"), (item!.Value.Kind, item.Value.Name));
        Assert.Equal((RefusalReason.Forbidden, JsonRpcErrorCode.Unauthorized), (refusal.Reason, refusal.Error.Code));
        Assert.Equal(["admin", "files"], refusal.Scopes);
        Assert.Contains("admin files", refusal.Error.Message, StringComparison.Ordinal);
        Assert.Equal("""{"scopes":["admin","files"]}""", refusal.Error.Data!.ToJsonString());
        Assert.Null(Policy.Check(message, Granted("files", "admin"), out _));
    }

    [Fact]
    public void FilterAnswer_OfAnError_LeavesIt()
    {
        using var answer = Json.Message("""{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}""");
        Assert.Same(answer, Policy.FilterAnswer(answer, ItemKind.Tool, new ListedItems(_ => throw new InvalidOperationException())));
    }

    private static CallerScopes Granted(params string[] scopes) =>
        new(new ClaimsPrincipal(new ClaimsIdentity(scopes.Select(scope => new Claim("scope", scope)))));
}
