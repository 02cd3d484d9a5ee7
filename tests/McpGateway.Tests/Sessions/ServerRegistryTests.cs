using McpGateway.Configuration;
using McpGateway.Sessions;
using McpGateway.Tests.Backends.Stdio;
using Microsoft.Extensions.Primitives;

namespace McpGateway.Tests.Sessions;

public sealed class ServerRegistryTests
{
    private readonly GatewayConfigProvider _provider = new(With(ServersFixture.Config("one"), ServersFixture.Config("two")));

    [Fact]
    public void Find_RemoteOrUnknown_IsNull()
    {
        var remote = new ServerConfig
        {
            Name = "far",
            Target = new RemoteTarget { Url = new Uri("https://example.com/mcp"), Transport = RemoteTransport.StreamableHttp },
        };
        var provider = new GatewayConfigProvider(With(remote, ServersFixture.Config("one")));
        using var registry = new ServerRegistry(provider, server => new ServerState(server));
        Assert.Null(registry.Find("far"));
        Assert.Null(registry.Find("nobody"));
        Assert.Null(registry.Find("ONE"));
        Assert.NotNull(registry.Find("one"));
    }

    [Fact]
    public void Update_OnlyLimitsChanged_KeepsTheStateAndChangesItsSettings()
    {
        using var registry = new ServerRegistry(_provider, server => new ServerState(server));
        var state = registry.Find("one")!;
        _provider.Update(With(ServersFixture.Config("one") with { MaxProcesses = 7 }));
        Assert.Same(state, registry.Find("one"));
        Assert.Equal(7, state.Config.MaxProcesses);
        Assert.False(state.IsRetired);
    }

    [Fact]
    public void Update_TargetChanged_RetiresTheOldAndBeginsAnew()
    {
        using var registry = new ServerRegistry(_provider, server => new ServerState(server));
        var (one, two) = (registry.Find("one")!, registry.Find("two")!);
        _provider.Update(With(
            ServersFixture.Config("one") with { Target = new StdioTarget { Command = "other" } }, ServersFixture.Config("two")));
        Assert.True(one.IsRetired);
        Assert.NotSame(one, registry.Find("one"));
        Assert.Equal("other", registry.Find("one")!.Stdio.Command);
        Assert.Same(two, registry.Find("two"));
        Assert.False(two.IsRetired);
    }

    [Fact]
    public void Update_Removed_Retires()
    {
        using var registry = new ServerRegistry(_provider, server => new ServerState(server));
        var state = registry.Find("one")!;
        _provider.Update(With(ServersFixture.Config("two")));
        Assert.Null(registry.Find("one"));
        Assert.True(state.IsRetired);
    }

    [Fact]
    public void Update_Removed_RetiresThoughNobodyAsks()
    {
        using var registry = new ServerRegistry(_provider, server => new ServerState(server));
        var state = registry.Find("one")!;
        _provider.Update(GatewayConfig.Empty);
        Assert.True(state.IsRetired);
    }

    [Fact]
    public void Update_AskedBeforeTheRegistryIsTold_AnswersFromTheNewSnapshot()
    {
        ServerState? seen = null;
        using var registry = new ServerRegistry(_provider, server => new ServerState(server));
        // Callbacks run last in, first out: this one comes before the registry's.
        using var earlier = ChangeToken.OnChange(_provider.GetChangeToken, () => seen = registry.Find("three"));
        _provider.Update(With(ServersFixture.Config("three")));
        Assert.NotNull(seen);
        Assert.Same(seen, registry.Find("three"));
    }

    private static GatewayConfig With(params ServerConfig[] servers) =>
        new() { Servers = new EquatableMap<ServerConfig>(servers.Select(server => KeyValuePair.Create(server.Name, server))) };
}
