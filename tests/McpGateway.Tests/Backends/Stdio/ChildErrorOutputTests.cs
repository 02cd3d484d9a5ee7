using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.Configuration;
using McpGateway.JsonRpc;

namespace McpGateway.Tests.Backends.Stdio;

public sealed class ChildErrorOutputTests
{
    private readonly List<string> _logged = [];

    [Fact]
    public async Task Run_ManyLines_KeepsTheLastTenAndLogsAll()
    {
        var output = await ReadAsync(string.Concat(Enumerable.Range(1, 25).Select(i => $"line {i}\n")) + "\r\n\nunfinished");
        Assert.Equal([.. Enumerable.Range(17, 9).Select(i => $"line {i}"), "unfinished"], output.LastLines);
        Assert.Equal(26, _logged.Count);
    }

    [Fact]
    public async Task Run_LongLine_IsCut()
    {
        var output = await ReadAsync(new string('x', 1_000_000) + "\nshort\n");
        Assert.Equal(2000, output.LastLines[0].Length);
        Assert.Equal("short", output.LastLines[1]);
    }

    [Fact]
    public async Task Run_ControlCharacters_AreLeftOut()
    {
        var output = await ReadAsync("\u001b[31mred\u0007\r\n");
        Assert.Equal(["[31mred"], output.LastLines);
    }

    [Fact]
    public async Task Run_Secret_ReachesNeitherTheLogNorTheErrors()
    {
        var output = await ReadAsync("key is hunter22!\n", ("KEY", "hunter22!"));
        Assert.Equal(["key is ***"], output.LastLines);
        Assert.Equal(["key is ***"], _logged);
    }

    [Fact]
    public async Task Run_InvalidUtf8_DoesNotEndIt()
    {
        var child = new FakeChild();
        var output = Output();
        var running = output.RunAsync(child);
        await child.ComplainAsync([(byte)'a', 0xFF, (byte)'b', (byte)'\n']);
        child.Exit();
        await running.Soon();
        Assert.Equal(["a\uFFFDb"], output.LastLines);
    }

    private async Task<ChildErrorOutput> ReadAsync(string text, params (string Name, string Value)[] environment)
    {
        var child = new FakeChild();
        var output = Output(environment);
        var running = output.RunAsync(child);
        await child.ComplainAsync(text);
        child.Exit();
        await running.Soon();
        return output;
    }

    private ChildErrorOutput Output(params (string Name, string Value)[] environment) =>
        new(SecretRedactorTests.Redactor(environment), _logged.Add);
}

public sealed class SecretRedactorTests
{
    [Fact]
    public void Redact_SecretOfSeveralLines_IsMaskedLineByLine()
    {
        var redactor = Redactor(("KEY", "-----BEGIN KEY-----\r\nAAAABBBB\tCCCC\n"));
        Assert.Equal("*** and ***", redactor.Redact("AAAABBBBCCCC and -----BEGIN KEY-----"));
    }

    [Fact]
    public void Redact_WhatWasPutIntoArguments_IsMasked()
    {
        var redactor = new SecretRedactor(
            new StdioTarget { Command = "x", Secrets = new EquatableList<string>(["from-an-argument"]) });
        Assert.Equal("no ***", redactor.Redact("no from-an-argument"));
    }

    [Fact]
    public void Redact_DeclaredValues_AreMaskedTheLongestFirst()
    {
        var redactor = Redactor(("A", "abcdef"), ("B", "abcdefghi"), ("C", "12345"));
        Assert.Equal("***, *** and 12345", redactor.Redact("abcdefghi, abcdef and 12345"));
    }

    [Theory]
    [InlineData("Authorization: Bearer abc.def-ghi", "Authorization: Bearer ***")]
    [InlineData("using API_KEY=s3cr3tvalue now", "using API_KEY=*** now")]
    [InlineData("{\"password\": \"hunter2\"}", "{\"password\": \"***\"}")]
    [InlineData("GITHUB_TOKEN: ghp_1234", "GITHUB_TOKEN: ***")]
    [InlineData("postgres://me:pass@host/db", "postgres://me:***@host/db")]
    [InlineData("?access_token=abcd1234&x=1", "?access_token=***&x=1")]
    [InlineData("BASIC dXNlcjpwYXNz", "BASIC ***")]
    public void Redact_WhatLooksLikeACredential_IsMasked(string line, string expected) =>
        Assert.Equal(expected, Redactor().Redact(line));

    [Theory]
    [InlineData("listening on port 8080")]
    [InlineData("http://localhost:8080/path")]
    [InlineData("the token is missing")]
    public void Redact_OrdinaryLine_Stays(string line) => Assert.Equal(line, Redactor().Redact(line));

    internal static SecretRedactor Redactor(params (string Name, string Value)[] environment) => new(new StdioTarget
    {
        Command = "x",
        Environment = new EquatableMap<string>(environment.Select(one => KeyValuePair.Create(one.Name, one.Value))),
    });
}

public sealed class ChildFailureTests
{
    [Fact]
    public void ToError_Exit_TellsCodeAndLastLines()
    {
        var error = new ChildFailure("one", "exited with code 3", new ChildExit(3, null), ["a", "b"]).ToError();
        Assert.Equal(JsonRpcErrorCode.InternalError, error.Code);
        Assert.Equal("The server 'one' exited with code 3.", error.Message);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"server":"one","exitCode":3,"stderr":["a","b"],"retryAfterMs":0}"""), error.Data));
    }

    [Fact]
    public void ToError_Signal_TellsIt() => Assert.True(JsonNode.DeepEquals(
        JsonNode.Parse("""{"server":"one","signal":9,"retryAfterMs":0}"""),
        new ChildFailure("one", "x", new ChildExit(null, 9), []).ToError().Data));

    [Fact]
    public void ToError_StillRunning_TellsNeither() => Assert.True(JsonNode.DeepEquals(
        JsonNode.Parse("""{"server":"one","retryAfterMs":0}"""), new ChildFailure("one", "x", null, []).ToError().Data));
}
