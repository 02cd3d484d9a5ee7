using System.CommandLine;
using McpGateway.Cli;
using McpGateway.Tests.Configuration;

namespace McpGateway.Tests.Cli;

public sealed class ValidateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public void Validate_ValidFile_PrintsOneLineWithWarningsAndANoteAndReturnsZero()
    {
        var path = _folder.Write("gateway.json",
            """{ "mcpServers": { "one": { "command": "x", "note": 1 }, "two": { "command": "${MCPGATEWAY_PROGRAM}" } } }""");
        Assert.Equal(0, Run("--config", path));
        Assert.Equal($"{path} is valid: 2 servers{Environment.NewLine}", _output.ToString());
        var said = _error.ToString().Split(Environment.NewLine);
        Assert.Equal("warning: $.mcpServers.one.note: is an unknown key and is ignored", said[0]);
        Assert.StartsWith("note: anonymous callers without a session", said[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_InvalidFile_PrintsEveryErrorAndReturnsTwo()
    {
        var path = _folder.Write("gateway.json", """{ "mcpServers": { "one": { "command": 1, "args": 1 } } }""");
        Assert.Equal(2, Run("--config", path));
        Assert.Empty(_output.ToString());
        Assert.Equal(
            ["$.mcpServers.one.command: write a string", "$.mcpServers.one.args: write an array of strings"],
            _error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Validate_WithoutConfig_IsRefused()
    {
        Assert.NotEqual(0, Run());
    }

    private int Run(params string[] arguments) =>
        new RootCommand { ValidateCommand.Create() }.Parse(["validate", .. arguments])
            .Invoke(new InvocationConfiguration { Output = _output, Error = _error });
}
