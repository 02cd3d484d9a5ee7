using McpGateway.Configuration;
using McpGateway.Configuration.Reading;

namespace McpGateway.Tests.Configuration;

public sealed class DotEnvTests
{
    [Theory]
    [InlineData("A=b", "b")]
    [InlineData("  A = b  ", "b")]
    [InlineData("export A=b", "b")]
    [InlineData("A=", "")]
    [InlineData("A=b # comment", "b")]
    [InlineData("A=b#no-comment", "b#no-comment")]
    [InlineData("A=# comment", "")]
    [InlineData("A=b=c", "b=c")]
    [InlineData("A='b # c'", "b # c")]
    [InlineData("A='b\\n'", "b\\n")]
    [InlineData("A=\"b # c\" # comment", "b # c")]
    [InlineData("A=\"b\\n\\t\\\"\\\\\\$\\x\"", "b\n\t\"\\$\\x")]
    [InlineData("A=${NAME}", "${NAME}")]
    [InlineData("A=b\r\n", "b")]
    [InlineData("# A=x\n\nA=b", "b")]
    [InlineData("A=b\nA=c", "c")]
    public void Line_WellFormed_GivesItsValue(string text, string expected)
    {
        var variables = DotEnv.Parse(text, (line, problem) => Assert.Fail($"{line}: {problem}"));
        Assert.Equal(KeyValuePair.Create("A", expected), Assert.Single(variables));
    }

    [Theory]
    [InlineData("A=b\nnonsense", 2, "KEY=VALUE")]
    [InlineData("\n\n=b", 3, "KEY=VALUE")]
    [InlineData("1A=b", 1, "KEY=VALUE")]
    [InlineData("A='b", 1, "closing quote")]
    [InlineData("A=\"b\\\"", 1, "closing quote")]
    [InlineData("A='b' c", 1, "after the closing quote")]
    [InlineData("A=b\0", 1, "NUL")]
    public void Line_Malformed_IsReportedWithItsNumber(string text, int line, string problem)
    {
        var reports = new List<(int Line, string Problem)>();
        DotEnv.Parse(text, (line, problem) => reports.Add((line, problem)));
        var report = Assert.Single(reports);
        Assert.Equal(line, report.Line);
        Assert.Contains(problem, report.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void EnvFile_Malformed_IsAnErrorWithTheLine()
    {
        using var file = new ConfigFixture();
        file.Folder.Write("a.env", "A=b\nnonsense\n");
        var error = file.Error("""{ "command": "x", "envFile": "a.env" }""");
        Assert.Equal(new ConfigFinding("$.mcpServers.one.envFile", "line 2 of the file is not of the form KEY=VALUE"), error);
    }

    [Fact]
    public void EnvFile_Missing_IsAnError()
    {
        using var file = new ConfigFixture();
        Assert.Contains("does not exist", file.Error("""{ "command": "x", "envFile": "a.env" }""").Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void EnvFile_BesideEnv_IsWonOver()
    {
        using var file = new ConfigFixture();
        file.Folder.Write("a.env", "A=file\nB=file\n");
        var environment = file.Stdio("""{ "command": "x", "envFile": "a.env", "env": { "A": "env" } }""").Environment;
        Assert.Equal("env", environment["A"]);
        Assert.Equal("file", environment["B"]);
    }
}
