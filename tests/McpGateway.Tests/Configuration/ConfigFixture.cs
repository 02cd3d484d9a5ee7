using McpGateway.Configuration;
using McpGateway.Configuration.Reading;

namespace McpGateway.Tests.Configuration;

/// <summary>A gateway.json in a folder of its own, with an environment of its own.</summary>
internal sealed class ConfigFixture : IDisposable
{
    public TemporaryFolder Folder { get; } = new();

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public GatewayConfigLoader Loader => new(Folder.File("gateway.json"), name => Environment.GetValueOrDefault(name));

    public GatewayConfigResult Load(string json)
    {
        Folder.Write("gateway.json", json);
        return Loader.Load();
    }

    /// <summary>Loads a file whose one server is named "one".</summary>
    public GatewayConfigResult LoadServer(string entry) => Load($$"""{ "mcpServers": { "one": {{entry}} } }""");

    /// <summary>Loads a file whose one server is valid, and gives it.</summary>
    public ServerConfig Server(string entry)
    {
        var result = LoadServer(entry);
        Assert.Empty(result.Errors);
        return result.Config!.Servers["one"];
    }

    public StdioTarget Stdio(string entry) => Assert.IsType<StdioTarget>(Server(entry).Target);

    public RemoteTarget Remote(string entry) => Assert.IsType<RemoteTarget>(Server(entry).Target);

    /// <summary>Loads a server with one error and gives that.</summary>
    public ConfigFinding Error(string entry)
    {
        var result = LoadServer(entry);
        Assert.Null(result.Config);
        return Assert.Single(result.Errors);
    }

    public void Dispose() => Folder.Dispose();
}
