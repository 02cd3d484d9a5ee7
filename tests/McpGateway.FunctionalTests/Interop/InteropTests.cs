namespace McpGateway.FunctionalTests.Interop;

/// <summary>The scenarios over both wire forms; who the client is, a subclass knows, and which gateway, its subclass.</summary>
public abstract class InteropTests(IGatewayUnderTest gateway)
{
    [Theory]
    [InlineData("sse")]
    [InlineData("http")]
    public async Task Everything_ToolsPromptsResourcesAndCallsBack_AllArrive(string transport) =>
        Expectations.Everything(await RunAsync(transport, "everything", []));

    [Theory]
    [InlineData("sse")]
    [InlineData("http")]
    public async Task Filesystem_FileWritten_IsReadAndListed(string transport)
    {
        using var folder = new ScratchFolder();
        Expectations.Filesystem(await RunAsync(transport, "filesystem", ["--directory", folder.Path]), folder.Path);
    }

    [Theory]
    [InlineData("sse")]
    [InlineData("http")]
    public async Task Memory_EntitiesCreated_AreInTheGraph(string transport)
    {
        var tag = $"-{Guid.NewGuid():N}";
        Expectations.Memory(await RunAsync(transport, "memory", [$"--tag={tag}"]), tag);
    }

    private protected abstract Task<ScenarioReport> RunAsync(string transport, Uri endpoint, string[] scenario);

    private Task<ScenarioReport> RunAsync(string transport, string server, string[] options)
    {
        InteropParts.Require();
        var endpoint = new Uri(gateway.BaseAddress, transport is "sse" ? $"{server}/sse" : $"{server}/mcp");
        return RunAsync(transport, endpoint, ["--script", server, .. options]);
    }
}
