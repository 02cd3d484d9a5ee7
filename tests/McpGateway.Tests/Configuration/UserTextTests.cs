using McpGateway.Configuration;
using McpGateway.Configuration.Host;

namespace McpGateway.Tests.Configuration;

/// <summary><c>${claim:NAME}</c> and <c>${header:NAME}</c> in gateway.json.</summary>
public sealed class UserTextTests : IDisposable
{
    private readonly ConfigFixture _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Placeholders_OfEnv_AreReadAndNoSecrets()
    {
        _file.Environment["NAME"] = "value";
        var target = _file.Stdio(
            """{ "command": "x", "env": { "A": "${claim:https://x.test/tenant} ${header:X-Token} ${NAME}", "B": "plain" } }""");
        Assert.True(target.IsPersonal);
        Assert.Equal([(UserValueSource.Claim, "https://x.test/tenant"), (UserValueSource.Header, "X-Token")],
            UserText.PlaceholdersIn(target.Environment["A"]));
        Assert.Equal("[Claim] [Header] value", UserText.Fill(target.Environment["A"], (source, _) => $"[{source}]"));
        Assert.Equal(["plain", "value"], target.Secrets.Order());
    }

    [Fact]
    public void Placeholders_ThatWerePutInOrEscaped_AreText()
    {
        _file.Environment["TRICKY"] = "${claim:sub}";
        var target = _file.Stdio("""{ "command": "x", "env": { "A": "${TRICKY}", "B": "$${claim:sub}" } }""");
        Assert.False(target.IsPersonal);
        Assert.Equal(("${claim:sub}", "${claim:sub}"), (target.Environment["A"], target.Environment["B"]));
    }

    [Fact]
    public void Placeholder_ForgedInAFile_IsAnError()
    {
        _file.Folder.Write("secret", "\0" + "0sub\0");
        Assert.Contains("NUL", _file.Error("""{ "command": "x", "env": { "A": "${file:secret}" } }""").Message,
            StringComparison.Ordinal);
        Assert.Contains("NUL", _file.Error("""{ "command": "x", "env": { "A": "\u00000sub\u0000" } }""").Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Placeholders_OfARemoteServersHeaders_AreRead() => Assert.Equal(
        [(UserValueSource.Header, "X-Token")],
        UserText.PlaceholdersIn(
            _file.Remote("""{ "url": "https://x.test/mcp", "headers": { "Authorization": "Bearer ${header:X-Token}" } }""")
            .Headers["Authorization"]));

    [Theory]
    [InlineData("""{ "command": "x", "args": ["${claim:sub}"] }""", "$.mcpServers.one.args[0]",
        "only in the values of env and headers")]
    [InlineData("""{ "command": "${header:X}" }""", "$.mcpServers.one.command", "only in the values of env and headers")]
    [InlineData("""{ "url": "https://x.test/${claim:sub}" }""", "$.mcpServers.one.url", "only in the values of env and headers")]
    [InlineData("""{ "command": "x", "auth": { "scopes": ["${claim:sub}"] } }""", "$.mcpServers.one.auth.scopes[0]",
        "only in the values of env and headers")]
    [InlineData("""{ "command": "x", "env": { "A": "${claim:}" } }""", "$.mcpServers.one.env.A", "is none of")]
    [InlineData("""{ "command": "x", "env": { "A": "${claim:sub:-nobody}" } }""", "$.mcpServers.one.env.A", "is none of")]
    [InlineData("""{ "command": "x", "env": { "A": "${header:X Y}" } }""", "$.mcpServers.one.env.A", "is none of")]
    [InlineData("""{ "command": "x", "isolation": "shared", "env": { "A": "${claim:sub}" } }""", "$.mcpServers.one.isolation",
        "write session or user")]
    [InlineData("""{ "command": "x", "warm": 1, "env": { "A": "${header:X}" } }""", "$.mcpServers.one.warm",
        "no child can start without a user")]
    public void Placeholder_WhereNoneCanBe_IsAnError(string entry, string path, string message)
    {
        var error = _file.Error(entry);
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Authorization")]
    [InlineData("x-api-key")]
    [InlineData("COOKIE")]
    [InlineData("Proxy-Authorization")]
    [InlineData("")]
    [InlineData("X Y")]
    public void UserHeaders_OfTheGatewaysOwnOrNone_AreErrors(string name) => Assert.Contains("Access:UserHeaders:0",
        new AccessOptionsValidator().Validate(null, new AccessOptions { UserHeaders = [name] }).FailureMessage,
        StringComparison.Ordinal);

    [Fact]
    public void UserHeaders_OfAnyOtherName_AreTaken()
    {
        var options = new AccessOptions { UserHeaders = ["X-GitHub-Token"] };
        Assert.False(new AccessOptionsValidator().Validate(null, options).Failed);
        Assert.True(options.IsUserHeader("x-github-token"));
        Assert.False(options.IsUserHeader("X-Other"));
    }
}
