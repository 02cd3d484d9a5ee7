using McpGateway.Configuration;

namespace McpGateway.Tests.Configuration;

public sealed class ExpansionTests : IDisposable
{
    private readonly ConfigFixture _file = new();

    public ExpansionTests()
    {
        _file.Environment["NAME"] = "value";
        _file.Environment["EMPTY"] = "";
        _file.Environment["TRICKY"] = "${NAME} $${NAME} ${file:secret}";
        _file.Environment["HOME"] = _file.Folder.File("home");
        _file.Folder.Write("secret", "from file\n");
        _file.Folder.Write("windows", "from file\r\n");
        _file.Folder.Write("lines", "${NAME}\n\n");
        _file.Folder.Write("home/secret", "from home");
    }

    public void Dispose() => _file.Dispose();

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("$NAME $ {NAME} }", "$NAME $ {NAME} }")]
    [InlineData("${NAME}", "value")]
    [InlineData("a${NAME}b${env:NAME}c", "avaluebvaluec")]
    [InlineData("${EMPTY}", "")]
    [InlineData("${NAME:-default}", "value")]
    [InlineData("${NOT_SET:-default}", "default")]
    [InlineData("${env:NOT_SET:-default}", "default")]
    [InlineData("${EMPTY:-default}", "default")]
    [InlineData("${NOT_SET:-}", "")]
    [InlineData("${NOT_SET:-a:-b $ c}", "a:-b $ c")]
    [InlineData("${file:secret}", "from file")]
    [InlineData("${file:windows}", "from file")]
    [InlineData("${file:~/secret}", "from home")]
    [InlineData("$${NAME}", "${NAME}")]
    [InlineData("$$${NAME}", "$${NAME}")]
    [InlineData("$${${NAME}", "${value")]
    [InlineData("${NAME}$${NAME}${NAME}", "value${NAME}value")]
    [InlineData("${TRICKY}", "${NAME} $${NAME} ${file:secret}")]
    [InlineData("${file:lines}", "${NAME}\n")]
    public void String_WithExpansion_IsExpandedOnce(string text, string expected)
    {
        Assert.Equal([expected], _file.Stdio($$"""{ "command": "x", "args": ["{{text}}"] }""").Arguments);
    }

    [Fact]
    public void String_EveryOneOfAServer_IsExpanded()
    {
        _file.Environment["TIME"] = "00:00:07";
        _file.Environment["TYPE"] = "stdio";
        var server = _file.Server("""
            {
              "type": "${TYPE}", "command": "${NAME}", "args": ["${NAME}"], "env": { "A": "${NAME}" }, "cwd": "${NAME}",
              "startTimeout": "${TIME}"
            }
            """);
        Assert.Equal(TimeSpan.FromSeconds(7), server.StartTimeout);
        var target = Assert.IsType<StdioTarget>(server.Target);
        Assert.Equal("value", target.Command);
        Assert.Equal(["value"], target.Arguments);
        Assert.Equal("value", target.Environment["A"]);
        Assert.Contains("value", target.Secrets);
        Assert.Equal(_file.Folder.File("value"), target.WorkingDirectory);

        var remote = _file.Remote("""{ "url": "https://example.com/${NAME}", "headers": { "A": "Bearer ${file:secret}" } }""");
        Assert.Equal("https://example.com/value", remote.Url.AbsoluteUri);
        Assert.Equal("Bearer from file", remote.Headers["A"]);
    }

    [Fact]
    public void Keys_AreNotExpanded()
    {
        Assert.Equal(["${NAME}"], _file.Stdio("""{ "command": "x", "env": { "${NAME}": "a" } }""").Environment.Keys);
    }

    [Theory]
    [InlineData("${NOT_SET}", "the environment variable NOT_SET is not set; set it, or write ${NOT_SET:-default}")]
    [InlineData("${env:NOT_SET}", "the environment variable NOT_SET is not set; set it, or write ${NOT_SET:-default}")]
    [InlineData("a ${NAME", "the ${ at character 3 has no closing }; write $${ for a literal ${")]
    [InlineData("${NOT_SET:-${NAME}}", "contains another one")]
    [InlineData("${}", "is none of ${NAME}")]
    [InlineData("${NAME-default}", "is none of ${NAME}")]
    [InlineData("${1}", "is none of ${NAME}")]
    [InlineData("${file:missing}", "the file in ${file:missing} does not exist")]
    [InlineData("${file:}", "has no valid path")]
    [InlineData("${file:home}", "is not a file that")]
    [InlineData("${input:key}", "write ${NAME} and set that environment variable")]
    [InlineData("${workspaceFolder}/x", "write the absolute path")]
    [InlineData("${workspaceFolder:api}", "write the absolute path")]
    [InlineData("${workspaceFolderBasename}", "write the absolute path")]
    [InlineData("${userHome}", "write ${HOME}")]
    [InlineData("${command:pick}", "write ${NAME}")]
    [InlineData("${config:x.y}", "write ${NAME}")]
    [InlineData("${pathSeparator}", "write the character itself")]
    [InlineData("${/}", "write the character itself")]
    [InlineData("${claim:sub}", "only in the values of env and headers")]
    [InlineData("${header:X-User}", "only in the values of env and headers")]
    public void String_WithWrongExpansion_IsAnErrorThatSaysWhatToWrite(string text, string message)
    {
        var error = _file.Error($$"""{ "command": "x", "args": ["", "{{text}}"] }""");
        Assert.Equal("$.mcpServers.one.args[1]", error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void String_WithSeveralWrongExpansions_ReportsEach()
    {
        Assert.Equal(2, _file.LoadServer("""{ "command": "${A}${B}" }""").Errors.Count);
    }

    [Theory]
    [InlineData("""{ "command": "x", "type": "${SECRET}" }""")]
    [InlineData("""{ "command": "x", "isolation": "${SECRET}" }""")]
    [InlineData("""{ "command": "x", "startTimeout": "${SECRET}" }""")]
    [InlineData("""{ "command": "x", "envFile": "${SECRET}" }""")]
    [InlineData("""{ "command": "x", "args": ["${NOT:-s3cret${"] }""")]
    [InlineData("""{ "command": "x", "args": ["${NOT s3cret}"] }""")]
    [InlineData("""{ "url": "${SECRET}" }""")]
    [InlineData("""{ "url": "https://${SECRET}@example.com" }""")]
    [InlineData("""{ "url": "https://example.com", "headers": { "A": "${SECRET}\n" } }""")]
    [InlineData("""{ "command": "x", "envFile": "wrong.env" }""")]
    [InlineData("""{ "command": "x", "env": { "A": "${file:nul}" } }""")]
    public void Errors_OfExpandedValues_DoNotHoldThem(string entry)
    {
        _file.Environment["SECRET"] = "s3cret";
        _file.Folder.Write("wrong.env", "A='s3cret\nB s3cret\nC=\"s3cret\" s3cret");
        _file.Folder.Write("nul", "s3cret\0");
        var result = _file.LoadServer(entry);
        Assert.NotEmpty(result.Errors);
        Assert.All(result.Errors, error => Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Files_EveryOneThatWasRead_IsListedOnce()
    {
        _file.Folder.Write("a.env", "A=1");
        var result = _file.LoadServer("""
            { "command": "x", "envFile": "a.env", "args": ["${file:secret}", "${file:./secret}", "${file:missing}"] }
            """);
        Assert.Equal(
            new[] { "gateway.json", "secret", "missing", "a.env" }.Select(_file.Folder.File),
            result.Files.Select(file => file.Path));
    }

    [Theory]
    [InlineData("~/x", "home/x")]
    [InlineData("~", "home")]
    [InlineData("x/../y", "y")]
    public void Cwd_Relative_StartsAtTheFileOrTheHome(string cwd, string expected)
    {
        Assert.Equal(_file.Folder.File(expected), _file.Stdio($$"""{ "command": "x", "cwd": "{{cwd}}" }""").WorkingDirectory);
    }
}
