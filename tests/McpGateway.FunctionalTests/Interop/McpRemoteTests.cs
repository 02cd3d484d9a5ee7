namespace McpGateway.FunctionalTests.Interop;

/// <summary>mcp-remote, the bridge that users of stdio-only hosts put in their configuration.</summary>
public abstract class McpRemoteTests(IGatewayUnderTest gateway) : InteropTests(gateway)
{
    private protected override Task<ScenarioReport> RunAsync(string transport, Uri endpoint, string[] scenario) =>
        InteropClients.McpRemoteAsync(transport, endpoint, scenario);
}
