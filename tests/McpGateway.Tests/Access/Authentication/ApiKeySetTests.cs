using System.Security.Cryptography;
using System.Text;
using McpGateway.Access.Authentication;
using McpGateway.Cli.DemoServer;
using McpGateway.Configuration;

namespace McpGateway.Tests.Access.Authentication;

public sealed class ApiKeySetTests
{
    private readonly ApiKeySet _keys = new([Key("ci", "mgw_one", "a", "b"), Key("ci", "mgw_new"), Key("laptop", "mgw_two")]);

    [Theory]
    [InlineData("mgw_one", "ci", "a b")]
    [InlineData("mgw_new", "ci", "")]
    [InlineData("mgw_two", "laptop", "")]
    public void Find_KnownKey_IsItsOwnerWithItsScopes(string key, string subject, string scopes)
    {
        var owner = _keys.Find(key)!;
        Assert.True(owner.Identity!.IsAuthenticated);
        Assert.Equal(("apikey", subject), (owner.FindFirst("iss")!.Value, owner.FindFirst("sub")!.Value));
        Assert.Equal(scopes, string.Join(' ', owner.FindAll("scope").Select(scope => scope.Value)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("mgw_")]
    [InlineData("mgw_on")]
    [InlineData("mgw_one ")]
    [InlineData("MGW_ONE")]
    public void Find_OtherKey_IsNobody(string key) => Assert.Null(_keys.Find(key));

    private static ApiKeyOptions Key(string name, string key, params string[] scopes) => new()
    {
        Name = name,
        Sha256 = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key))).ToLowerInvariant(),
        Scopes = scopes,
    };
}
