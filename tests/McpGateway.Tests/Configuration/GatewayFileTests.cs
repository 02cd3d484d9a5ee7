using System.Text;
using McpGateway.Configuration;
using McpGateway.Configuration.Model;
using McpGateway.Configuration.Reading;

namespace McpGateway.Tests.Configuration;

/// <summary>The file as a whole: its syntax, its top-level keys, the servers' names, the default.</summary>
public sealed class GatewayFileTests : IDisposable
{
    private readonly ConfigFixture _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void File_Missing_IsAnErrorThatNamesIt()
    {
        var result = _file.Loader.Load();
        Assert.False(result.IsValid);
        var error = Assert.Single(result.Errors);
        Assert.Equal("$", error.Path);
        Assert.Contains(_file.Loader.Path + " does not exist", error.Message, StringComparison.Ordinal);
        Assert.Equal(_file.Loader.Path, Assert.Single(result.Files).Path);
    }

    [Fact]
    public void File_IsAFolder_IsAnError()
    {
        Directory.CreateDirectory(_file.Loader.Path);
        Assert.Single(_file.Loader.Load().Errors);
    }

    [Fact]
    public void File_NotUtf8_IsAnError()
    {
        File.WriteAllBytes(_file.Loader.Path, [(byte)'{', 0xFF, (byte)'}']);
        Assert.Contains("is not UTF-8 text", Assert.Single(_file.Loader.Load().Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_WithByteOrderMark_Loads()
    {
        File.WriteAllText(_file.Loader.Path, """{ "mcpServers": {} }""", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.True(_file.Loader.Load().IsValid);
    }

    [Fact]
    public void File_WithCommentsAndTrailingCommas_Loads()
    {
        var result = _file.Load("""
            // one
            { "mcpServers": { /* two */ "one": { "command": "x", "args": ["a",], }, }, }
            """);
        Assert.Empty(result.Errors);
        Assert.Equal(["one"], result.Config!.Servers.Keys);
    }

    [Theory]
    [InlineData("{\n  \"mcpServers\" {}\n}", "line 2, column 16")]
    [InlineData("{\n  \"é\" {}\n}", "line 2, column 7")]
    [InlineData("{ \"mcpServers\": {} } x", "line 1, column 22")]
    [InlineData("", "line 1, column 1")]
    public void File_NotJson_IsAnErrorWithLineAndColumn(string text, string position)
    {
        var error = Assert.Single(_file.Load(text).Errors);
        Assert.Equal("$", error.Path);
        Assert.Contains(position, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_NotJsonAfterASecret_DoesNotRepeatIt()
    {
        var error = Assert.Single(_file.Load("""{ "mcpServers": { "one": { "env": { "KEY": tsecret } } } }""").Errors);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{ "mcpservers": {} }""")]
    [InlineData("""{ "mcpServers": null }""")]
    public void File_WithoutServers_SaysWhatToWrite(string text)
    {
        var error = Assert.Single(_file.Load(text).Errors);
        Assert.Contains("mcpServers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_NoServers_IsValid()
    {
        Assert.Equal(GatewayConfig.Empty, _file.Load("""{ "mcpServers": {} }""").Config);
    }

    [Fact]
    public void File_BothNamesOfServers_IsAnError()
    {
        var error = Assert.Single(_file.Load("""{ "mcpServers": {}, "servers": {} }""").Errors);
        Assert.Equal("$.servers", error.Path);
        Assert.Contains("mcpServers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_DuplicateNames_AreErrorsWithTheirPaths()
    {
        var result = _file.Load("""
            {
              "mcpServers": {
                "one": { "command": "x", "command": "y" },
                "one": { "command": "x", "env": { "A": "1", "\u0041": "2" } }
              },
              "inputs": [ {}, { "id": 1, "id": 2 } ]
            }
            """);
        Assert.Equal(
            ["$.mcpServers.one.command", "$.mcpServers.one", "$.mcpServers.one.env.A", "$.inputs[1].id"],
            result.Errors.Where(error => error.Message.Contains("twice", StringComparison.Ordinal)).Select(error => error.Path));
    }

    [Theory]
    [InlineData("""{ "mcpServers": {}, "x": "\ud800" }""")]
    [InlineData("""{ "mcpServers": {}, "\udfff": 1 }""")]
    public void File_HalfASurrogatePair_IsAnError(string text)
    {
        Assert.Contains("surrogate", Assert.Single(_file.Load(text).Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("0")]
    [InlineData("my-server_2")]
    [InlineData("mcp2")]
    public void Name_Valid_Loads(string name)
    {
        Assert.Empty(_file.Load($$"""{ "mcpServers": { "{{name}}": { "command": "x" } } }""").Errors);
    }

    [Fact]
    public void Name_LongestAndTooLong_AreToldApart()
    {
        Assert.True(ServerName.IsValid(new string('a', 63)));
        Assert.False(ServerName.IsValid(new string('a', 64)));
        Assert.False(ServerName.IsValid("a\n"));
        Assert.True(ServerName.IsValid(ServerName.Propose(new string('a', 64), [new string('a', 63)])));
    }

    [Theory]
    [InlineData("My Server", "my-server")]
    [InlineData("GitHub", "github")]
    [InlineData("_x_", "x")]
    [InlineData("a.b/c", "a-b-c")]
    [InlineData("it's\\na", "it-s-a")]
    [InlineData("日本", "server")]
    [InlineData("", "server")]
    [InlineData("mcp", "mcp-server")]
    [InlineData("sse", "sse-server")]
    [InlineData("message", "message-server")]
    [InlineData("messages", "messages-server")]
    [InlineData("health", "health-server")]
    [InlineData("metrics", "metrics-server")]
    [InlineData("admin", "admin-server")]
    [InlineData("dashboard", "dashboard-server")]
    [InlineData("api", "api-server")]
    [InlineData("well-known", "well-known-server")]
    [InlineData("Taken", "taken-2")]
    public void Name_Invalid_ProposesAValidOne(string name, string proposal)
    {
        var result = _file.Load($$"""{ "mcpServers": { "taken": { "command": "x" }, "{{name}}": { "command": "x" } } }""");
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("$.mcpServers", error.Path, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Path);
        Assert.EndsWith($"write \"{proposal}\"", error.Message, StringComparison.Ordinal);
        Assert.True(ServerName.IsValid(proposal));
    }

    [Fact]
    public void Default_NamesAServer_IsTaken()
    {
        Assert.Equal("one", _file.Load("""{ "default": "one", "mcpServers": { "one": { "command": "x" } } }""").Config!.Default);
    }

    [Theory]
    [InlineData("\"two\"", "is not the name of a server in this file; write one of: one; or remove the key")]
    [InlineData("\"off\"", "is the name of a disabled server; write another, or enable the server")]
    [InlineData("1", "write a string")]
    public void Default_NotAnEnabledServer_IsAnError(string value, string message)
    {
        var result = _file.Load(
            $$"""{ "default": {{value}}, "mcpServers": { "one": { "command": "x" }, "off": { "disabled": true } } }""");
        Assert.Equal(new ConfigFinding("$.default", message), Assert.Single(result.Errors));
    }

    [Fact]
    public void Default_IsNotExpanded()
    {
        _file.Environment["NAME"] = "one";
        Assert.NotEmpty(_file.Load("""{ "default": "${NAME}", "mcpServers": { "one": { "command": "x" } } }""").Errors);
    }

    [Fact]
    public void Errors_OfTheWholeFile_ComeAtOnce()
    {
        var result = _file.Load("""
            {
              "default": "none",
              "mcpServers": {
                "github": {
                  "command": "${PROGRAM}", "args": ["a", 1, "${NO}"], "env": { "A": null }, "auth": 1, "maxProcesses": 0
                },
                "My Server": { "command": "x" },
                "both": { "command": "x", "url": "https://example.com" },
                "neither": {},
                "remote": { "url": "ftp://example.com", "headers": { "X": "a\nb" }, "startTimeout": 5 },
                "text": "x"
              }
            }
            """);
        Assert.Null(result.Config);
        Assert.Equal(
            [
                "$.default", "$.mcpServers.both", "$.mcpServers.github.args[1]", "$.mcpServers.github.args[2]",
                "$.mcpServers.github.auth", "$.mcpServers.github.command", "$.mcpServers.github.env.A",
                "$.mcpServers.github.maxProcesses", "$.mcpServers.neither", "$.mcpServers.remote.headers.X",
                "$.mcpServers.remote.startTimeout", "$.mcpServers.remote.url", "$.mcpServers.text", "$.mcpServers['My Server']",
            ],
            result.Errors.Select(error => error.Path).Order(StringComparer.Ordinal));
    }
}
