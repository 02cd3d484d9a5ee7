namespace McpGateway.FunctionalTests.Interop;

/// <summary>
/// The control group: the same clients, scenarios and expectations on the servers themselves. What fails through the gateway and
/// not here is the gateway's.
/// </summary>
public sealed class WithoutGatewayTests
{
    [Theory]
    [InlineData("sse")]
    [InlineData("http")]
    public async Task TypeScriptClient_ServersOwnTransport_SeesEverything(string transport)
    {
        await using var server = await EverythingServer.StartAsync(transport);
        Expectations.Everything(await InteropClients.TypeScriptAsync(transport, server.Endpoint, ["--script", "everything"]));
    }

    [Theory]
    [InlineData("sse")]
    [InlineData("http")]
    public async Task McpRemote_ServersOwnTransport_SeesEverything(string transport)
    {
        await using var server = await EverythingServer.StartAsync(transport);
        Expectations.Everything(await InteropClients.McpRemoteAsync(transport, server.Endpoint, ["--script", "everything"]));
    }

    [Fact]
    public async Task Filesystem_OverStdio_FileWrittenIsReadAndListed()
    {
        using var folder = new ScratchFolder();
        var report = await InteropClients.StdioAsync(
            "@modelcontextprotocol/server-filesystem/dist/index.js", [InteropGateway.Files],
            ["--script", "filesystem", "--directory", folder.Path]);
        Expectations.Filesystem(report, folder.Path);
    }

    [Fact]
    public async Task Memory_OverStdio_EntitiesCreatedAreInTheGraph()
    {
        using var folder = new ScratchFolder();
        var report = await InteropClients.StdioAsync(
            "@modelcontextprotocol/server-memory/dist/index.js", [],
            ["--script", "memory", "--tag=-alone"],
            new() { ["MEMORY_FILE_PATH"] = Path.Combine(folder.Path, "memory.jsonl") });
        Expectations.Memory(report, "-alone");
    }
}
