using McpGateway.Backends.Stdio.Launching;
using McpGateway.Cli.DemoServer;
using McpGateway.Configuration;
using McpGateway.Sessions;
using Microsoft.Extensions.Primitives;

namespace McpGateway.Tests.Backends.Stdio;

public sealed class ServerStateTests
{
    [Fact]
    public void TryReserveProcess_AtTheMaximum_IsFalseUntilOneIsGivenBack()
    {
        var state = new ServerState(ServersFixture.Config() with { MaxProcesses = 2 });
        Assert.True(state.TryReserveProcess());
        Assert.True(state.TryReserveProcess());
        Assert.False(state.TryReserveProcess());
        Assert.False(state.TryReserveProcess());
        Assert.Equal(2, state.Processes);
        state.ReleaseProcess();
        Assert.True(state.TryReserveProcess());
    }

    [Fact]
    public async Task TryReserveProcess_ByMany_GivesOutNoMoreThanThereAre()
    {
        var state = new ServerState(ServersFixture.Config() with { MaxProcesses = 3 });
        var most = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                if (!state.TryReserveProcess())
                    continue;
                InterlockedMax(ref most, state.Processes);
                state.ReleaseProcess();
            }
        }))).Soon();
        Assert.Equal(0, state.Processes);
        Assert.True(state.TryReserveProcess());
    }

    [Fact]
    public void Start_WorkingDirectoryMissing_GivesThePlaceBack()
    {
        using var fixture = new ServersFixture();
        var state = Reserved(new StdioTarget { Command = Environment.ProcessPath!, WorkingDirectory = "/does/not/exist" });
        var error = Assert.Throws<ChildLaunchException>(() => fixture.Starter.Start(state, new RecordingListener(), fixture.Calls));
        Assert.Contains("/does/not/exist", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, state.Processes);
        Assert.Equal(0, fixture.Launcher.Count);
    }

    [Fact]
    public void Start_LauncherFailsInAnyWay_GivesThePlaceBack()
    {
        using var fixture = new ServersFixture();
        var state = Reserved(new StdioTarget { Command = Environment.ProcessPath! });
        fixture.Launcher.Make = () => throw new UnauthorizedAccessException();
        Assert.Throws<UnauthorizedAccessException>(() => fixture.Starter.Start(state, new RecordingListener(), fixture.Calls));
        Assert.Equal(0, state.Processes);
    }

    private static ServerState Reserved(StdioTarget target)
    {
        var state = new ServerState(ServersFixture.Config() with { Target = target });
        Assert.True(state.TryReserveProcess());
        return state;
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen; value > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, value, seen) != seen;)
        {
        }
    }
}

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
        using var registry = new ServerRegistry(new GatewayConfigProvider(With(remote, ServersFixture.Config("one"))), TimeProvider.System);
        Assert.Null(registry.Find("far"));
        Assert.Null(registry.Find("nobody"));
        Assert.Null(registry.Find("ONE"));
        Assert.NotNull(registry.Find("one"));
    }

    [Fact]
    public void Update_OnlyLimitsChanged_KeepsTheStateAndChangesItsSettings()
    {
        using var registry = new ServerRegistry(_provider, TimeProvider.System);
        var state = registry.Find("one")!;
        _provider.Update(With(ServersFixture.Config("one") with { MaxProcesses = 7 }));
        Assert.Same(state, registry.Find("one"));
        Assert.Equal(7, state.Config.MaxProcesses);
        Assert.False(state.IsRetired);
    }

    [Fact]
    public void Update_TargetChanged_RetiresTheOldAndBeginsAnew()
    {
        using var registry = new ServerRegistry(_provider, TimeProvider.System);
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
        using var registry = new ServerRegistry(_provider, TimeProvider.System);
        var state = registry.Find("one")!;
        _provider.Update(With(ServersFixture.Config("two")));
        Assert.Null(registry.Find("one"));
        Assert.True(state.IsRetired);
    }

    [Fact]
    public void Update_Removed_RetiresThoughNobodyAsks()
    {
        using var registry = new ServerRegistry(_provider, TimeProvider.System);
        var state = registry.Find("one")!;
        _provider.Update(GatewayConfig.Empty);
        Assert.True(state.IsRetired);
    }

    [Fact]
    public void Update_AskedBeforeTheRegistryIsTold_AnswersFromTheNewSnapshot()
    {
        ServerState? seen = null;
        using var registry = new ServerRegistry(_provider, TimeProvider.System);
        // Callbacks run last in, first out: this one comes before the registry's.
        using var earlier = ChangeToken.OnChange(_provider.GetChangeToken, () => seen = registry.Find("three"));
        _provider.Update(With(ServersFixture.Config("three")));
        Assert.NotNull(seen);
        Assert.Same(seen, registry.Find("three"));
    }

    private static GatewayConfig With(params ServerConfig[] servers) =>
        new() { Servers = new EquatableMap<ServerConfig>(servers.Select(server => KeyValuePair.Create(server.Name, server))) };
}
