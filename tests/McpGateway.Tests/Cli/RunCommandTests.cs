using System.CommandLine;
using McpGateway.Cli;
using McpGateway.Configuration;
using McpGateway.Configuration.Reading;
using McpGateway.Tests.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace McpGateway.Tests.Cli;

public sealed class RunCommandTests : IDisposable
{
    private const string Valid = """{ "mcpServers": { "one": { "command": "x" } } }""";

    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _folder.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task Run_InvalidFile_PrintsEveryErrorAndReturnsTwo()
    {
        var path = _folder.Write("gateway.json", """{ "mcpServers": { "one": { "command": 1, "args": 1 } } }""");
        Assert.Equal(2, await RunAsync("--config", path));
        Assert.Contains($"{path} is not valid:", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("$.mcpServers.one.command: write a string", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("$.mcpServers.one.args", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_MissingFile_ReturnsTwo()
    {
        Assert.Equal(2, await RunAsync("--config", _folder.File("none.json")));
        Assert.Contains("none.json", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("http://127.0.0.1:0;http://[::]:0")]
    public async Task Run_OpenAddressWithoutAuthentication_NamesTheSettingAndReturnsTwo(string urls)
    {
        var path = _folder.Write("gateway.json", Valid);
        Assert.Equal(2, await RunAsync("--config", path, "--urls", urls));
        Assert.Contains("Access:Anonymous = true", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("Access__Anonymous=true", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("Access__ApiKeys__0__Sha256", _error.ToString(), StringComparison.Ordinal); // for containers
    }

    [Fact]
    public async Task Run_OpenAddressWithAnApiKey_Starts()
    {
        var path = _folder.Write("gateway.json", Valid);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        WebApplication? app = null;
        var root = new RootCommand();
        new RunCommand(settings => app = Gateway.Compose(settings, builder =>
        {
            builder.Configuration["Access:ApiKeys:0:Name"] = "ci";
            builder.Configuration["Access:ApiKeys:0:Sha256"] = new string('0', 64);
            builder.Configuration["Logging:LogLevel:Default"] = "Warning";
        })).AddTo(root);
        var running = root.Parse(["--config", path, "--urls", "http://0.0.0.0:0"])
            .InvokeAsync(new InvocationConfiguration { Error = _error }, stop.Token);
        await Waiting.UntilAsync(() => running.IsCompleted || app?.Lifetime.ApplicationStarted.IsCancellationRequested is true);
        Assert.False(running.IsCompleted, _error.ToString());
        app!.Lifetime.StopApplication();
        Assert.Equal(0, await running.Soon());
    }

    [Theory]
    [InlineData("${claim:sub}", "callers without authentication have no claim sub")]
    [InlineData("${header:X-Token}", "Access:UserHeaders")]
    public async Task Run_ValuesThatNoUserCanBring_NamesTheVariableAndReturnsTwo(string value, string message)
    {
        var file = _folder.Write("gateway.json",
            $$"""{ "mcpServers": { "one": { "command": "x", "env": { "A": "{{value}}" } } } }""");
        Assert.Equal(2, await RunAsync("--config", file, "--urls", "http://127.0.0.1:0"));
        Assert.Contains("$.mcpServers.one.env.A: ", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains(message, _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auth", """{ "scopes": ["a"] }""", "auth")]
    [InlineData("auth", """{ "claims": { "a": ["b"] } }""", "auth")]
    [InlineData("tools", """{ "scopes": { "a": ["b"] } }""", "tools.scopes")]
    public async Task Run_ScopesWithoutAuthentication_NamesTheKeyAndReturnsTwo(string key, string rules, string path)
    {
        var file = _folder.Write("gateway.json", $$"""{ "mcpServers": { "one": { "command": "x", "{{key}}": {{rules}} } } }""");
        Assert.Equal(2, await RunAsync("--config", file, "--urls", "http://127.0.0.1:0"));
        Assert.Contains($"$.mcpServers.one.{path}: requires scopes or claims", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("Access:ApiKeys", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AnyOriginWithoutAuthentication_NamesTheServerAndReturnsTwo()
    {
        var path = _folder.Write("gateway.json",
            """{ "mcpServers": { "one": { "command": "x", "cors": { "origins": ["*"] } } } }""");
        Assert.Equal(2, await RunAsync("--config", path, "--urls", "http://127.0.0.1:0"));
        Assert.Contains("$.mcpServers.one.cors: *", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_InTheGuard_ComposesNothingAndReturnsItsCode()
    {
        var root = new RootCommand();
        new RunCommand(_ => throw new InvalidOperationException(), _ => 137).AddTo(root);
        Assert.Equal(137, await root.Parse(["--config", _folder.Write("gateway.json", Valid)])
            .InvokeAsync(null, TestContext.Current.CancellationToken).Soon());
    }

    [Theory]
    [InlineData(null, null, null, "http://127.0.0.1:8000")]
    [InlineData("http://a:1; http://b:2;", "http://c:3", null, "http://a:1|http://b:2")]
    [InlineData(null, "http://c:3", null, "http://c:3")]
    [InlineData("", null, null, "http://127.0.0.1:8000")]
    [InlineData(" ; ", "http://c:3", null, "http://c:3")]
    [InlineData(null, " ", null, "http://127.0.0.1:8000")]
    [InlineData(null, null, "http://k:4", "")]
    [InlineData("http://a:1", null, "http://k:4", "http://a:1")]
    public void ListenOn_TheFirstThatSaysWhere(string? commandLine, string? configured, string? kestrel, string expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["urls"] = configured,
            ["Kestrel:Endpoints:Main:Url"] = kestrel,
        }).Build();
        Assert.Equal(expected, string.Join('|', Settings(commandLine).ListenOn(configuration)));
    }

    private RunSettings Settings(string? urls)
    {
        var loader = new GatewayConfigLoader(_folder.Write("gateway.json", Valid), _ => null);
        return new RunSettings(loader, loader.Load(), urls);
    }

    private Task<int> RunAsync(params string[] arguments)
    {
        var root = new RootCommand();
        new RunCommand(settings => Gateway.Compose(settings)).AddTo(root);
        return root.Parse(arguments).InvokeAsync(
            new InvocationConfiguration { Error = _error }, TestContext.Current.CancellationToken).Soon();
    }
}
