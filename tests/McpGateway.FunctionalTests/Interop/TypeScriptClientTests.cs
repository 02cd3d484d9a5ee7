namespace McpGateway.FunctionalTests.Interop;

/// <summary>The TypeScript SDK's client, which most hosts are built on.</summary>
public abstract class TypeScriptClientTests(IGatewayUnderTest gateway) : InteropTests(gateway)
{
    private protected override Task<ScenarioReport> RunAsync(string transport, Uri endpoint, string[] scenario) =>
        InteropClients.TypeScriptAsync(transport, endpoint, scenario);
}
