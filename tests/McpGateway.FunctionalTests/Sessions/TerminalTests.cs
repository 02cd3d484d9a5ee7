using System.Text.Json.Nodes;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Tests.Shared;

namespace McpGateway.FunctionalTests.Sessions;

/// <summary>A gateway in the foreground of a terminal, and what its children have of it: nothing.</summary>
public sealed class TerminalTests : IDisposable
{
    private const string Answer =
        """{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":"""
            + """{"name":"s","version":"1"}}}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mcpgateway-terminal-");

    public TerminalTests()
    {
        Skip.Unless(OperatingSystem.IsLinux(), "Children have sessions of their own on Linux only: docs/processes.md.");
        Skip.Unless(TerminalProgram.IsAvailable, "A terminal needs /usr/bin/script of util-linux.");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public async Task CtrlC_StopsTheGatewayInOrder_AndIsNotSeenByItsChildren(string guard)
    {
        await using var gateway = await StartAsync(guard, """
            trap 'echo >> "$1/interrupted"' INT
            read request; echo "$0"
            while read message; do :; done
            echo > "$1/end-of-input"
            """);
        await StreamableClient.ConnectAsync(new Uri(gateway.BaseAddress, "test/mcp"));

        await gateway.PressCtrlCAsync();

        Assert.Equal(0, await gateway.ExitAsync());
        Assert.Equal(["end-of-input"], _folder.GetFiles().Select(file => file.Name));
    }

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public async Task Child_InheritsNoTerminalSignalOrDescriptor(string guard)
    {
        await using var gateway = await StartAsync(guard, """
            cat /proc/$$/stat > "$1/stat"
            # Without another program: dash blocks all signals while it starts one.
            while read -r line; do case "$line" in SigBlk*|SigIgn*) echo "$line";; esac; done < /proc/$$/status > "$1/signals"
            ls /proc/self/fd > "$1/descriptors"
            read request; echo "$0"
            while read message; do :; done
            """);
        await StreamableClient.ConnectAsync(new Uri(gateway.BaseAddress, "test/mcp"));

        // pid (name) state parent group session terminal …
        var stat = Read("stat");
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var pid = stat.Split(' ')[0];
        Assert.Equal((pid, pid, "0"), (fields[2], fields[3], fields[4]));
        Assert.Equal("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n", Read("signals"));
        Assert.Equal("0\n1\n2\n3\n", Read("descriptors")); // the 3 is the folder that ls reads

        await gateway.PressCtrlCAsync();
        Assert.Equal(0, await gateway.ExitAsync());
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(_folder.FullName, name));

    private Task<TerminalProgram> StartAsync(string guard, string script)
    {
        var json = TestGateway.TestServerJson();
        json["mcpServers"]!["test"]!["command"] = "/bin/sh";
        json["mcpServers"]!["test"]!["args"] = new JsonArray("-c", script, Answer, _folder.FullName);
        return TerminalProgram.StartAsync(json, guard);
    }
}
