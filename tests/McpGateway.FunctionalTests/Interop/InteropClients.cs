namespace McpGateway.FunctionalTests.Interop;

/// <summary>The clients of tests/interop against an endpoint. A transport is <c>sse</c> or <c>http</c>.</summary>
internal static class InteropClients
{
    public static Task<ScenarioReport> TypeScriptAsync(string transport, Uri endpoint, string[] scenario) =>
        NodeScript.RunAsync("ts-client.mjs", [.. scenario, "--transport", transport, "--url", endpoint.AbsoluteUri]);

    public static Task<ScenarioReport> McpRemoteAsync(
        string transport, Uri endpoint, string[] scenario, Dictionary<string, string>? environment = null) =>
        StdioAsync(
            "mcp-remote/dist/proxy.js",
                [endpoint.AbsoluteUri, "--transport", $"{transport}-only", "--allow-http"], scenario, environment);

    /// <summary>The TypeScript client with a stdio server of node_modules and nothing in between.</summary>
    public static Task<ScenarioReport> StdioAsync(
        string module, string[] arguments, string[] scenario, Dictionary<string, string>? environment = null) =>
        NodeScript.RunAsync(
            "stdio-client.mjs", [.. scenario, "--command", "node", InteropParts.Module(module), .. arguments], environment);
}
