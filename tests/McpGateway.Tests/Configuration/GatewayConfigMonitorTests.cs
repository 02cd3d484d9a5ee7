using McpGateway.Configuration;
using McpGateway.Configuration.Reading;
using McpGateway.Tests.Properties.Model;
using McpGateway.Tests.Shared;
using Microsoft.Extensions.Logging;

namespace McpGateway.Tests.Configuration;

public sealed class GatewayConfigMonitorTests : IDisposable
{
    private const string First = """{ "mcpServers": { "one": { "command": "first" } } }""";
    private const string Second = """{ "mcpServers": { "one": { "command": "second" } } }""";
    private const string Broken = """{ "mcpServers": { "one": { "command": 1, "args": 2 } } }""";

    private readonly ConfigFixture _file = new();
    private readonly RecordingLogger _logger = new();
    private readonly ManualTicks _time = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Check_NothingChanged_ReadsNothing()
    {
        using var monitor = Monitor(First, out var provider);
        var before = provider.Current;
        Assert.False(monitor.Check());
        Assert.Same(before, provider.Current);
        Assert.Empty(_logger.Entries);
    }

    [Fact]
    public void Check_FileChanged_PutsTheNewSnapshotInForceAndTells()
    {
        using var monitor = Monitor(First, out var provider);
        var replaced = provider.GetChangeToken();
        _file.Folder.Write("gateway.json", Second);
        Assert.True(monitor.Check());
        Assert.True(replaced.HasChanged);
        Assert.Equal("second", Command(provider));
        Assert.Equal(LogLevel.Information, Assert.Single(_logger.Entries).Level);
    }

    [Fact]
    public void Check_FileInvalid_KeepsTheLastGoodAndLogsAllErrorsOnce()
    {
        using var monitor = Monitor(First, out var provider);
        _file.Folder.Write("gateway.json", Broken);
        Assert.False(monitor.Check());
        Assert.False(monitor.Check());
        Assert.Equal("first", Command(provider));
        var entry = Assert.Single(_logger.Entries);
        Assert.Equal(LogLevel.Error, entry.Level);
        Assert.Contains("$.mcpServers.one.command", entry.Message, StringComparison.Ordinal);
        Assert.Contains("$.mcpServers.one.args", entry.Message, StringComparison.Ordinal);

        _file.Folder.Write("gateway.json", Second);
        Assert.True(monitor.Check());
        Assert.Equal("second", Command(provider));
    }

    [Fact]
    public void Check_FileGoneAndBack_KeepsTheSnapshotAndTellsNobody()
    {
        using var monitor = Monitor(First, out var provider);
        var replaced = provider.GetChangeToken();
        File.Delete(_file.Loader.Path);
        Assert.False(monitor.Check());
        Assert.Equal("first", Command(provider));
        _file.Folder.Write("gateway.json", First);
        Assert.False(monitor.Check());
        Assert.False(replaced.HasChanged);
    }

    [Fact]
    public void Check_EqualContentRewritten_TellsNobody()
    {
        using var monitor = Monitor(First, out var provider);
        var replaced = provider.GetChangeToken();
        _file.Folder.Write("gateway.json", "// the same servers\n" + First);
        Assert.False(monitor.Check());
        Assert.False(replaced.HasChanged);
        Assert.Empty(_logger.Entries);
    }

    [Theory]
    [InlineData("""{ "mcpServers": { "one": { "command": "${file:secret}" } } }""", "secret", "first", "second")]
    [InlineData("""{ "mcpServers": { "one": { "command": "first", "envFile": "x.env" } } }""", "x.env", "A=1", "A=10")]
    public void Check_FileThatIsNamedChanged_PutsTheNewSnapshotInForce(string json, string name, string before, string after)
    {
        _file.Folder.Write(name, before);
        using var monitor = Monitor(json, out var provider);
        var old = provider.Current;
        _file.Folder.Write(name, after);
        Assert.True(monitor.Check());
        Assert.NotEqual(old, provider.Current);
    }

    [Fact]
    public void Check_SameLengthButLaterWrite_IsSeen()
    {
        using var monitor = Monitor("""{ "mcpServers": { "one": { "command": "a" } } }""", out var provider);
        var written = File.GetLastWriteTimeUtc(_file.Loader.Path);
        _file.Folder.Write("gateway.json", """{ "mcpServers": { "one": { "command": "b" } } }""");
        File.SetLastWriteTimeUtc(_file.Loader.Path, written.AddSeconds(1));
        Assert.True(monitor.Check());
        Assert.Equal("b", Command(provider));
    }

    [Fact]
    public void Check_LinkedFolderSwapped_IsSeenThoughLengthAndTimeAreEqual()
    {
        Skip.When(OperatingSystem.IsWindows(), "Making links needs a privilege there.");
        // As Kubernetes mounts a ConfigMap: gateway.json -> ..data/gateway.json, ..data -> a folder per version.
        var written = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(_file.Folder.Write("v1/gateway.json", """{ "mcpServers": { "one": { "command": "a" } } }"""),
            written);
        File.SetLastWriteTimeUtc(_file.Folder.Write("v2/gateway.json", """{ "mcpServers": { "one": { "command": "b" } } }"""),
            written);
        Directory.CreateSymbolicLink(_file.Folder.File("..data"), "v1");
        File.CreateSymbolicLink(_file.Loader.Path, "..data/gateway.json");
        var loader = _file.Loader;
        var initial = loader.Load();
        var provider = new GatewayConfigProvider(initial.Config!);
        using var monitor = new GatewayConfigMonitor(loader, initial, provider, _time, _logger);

        Assert.False(monitor.Check());
        Directory.Delete(_file.Folder.File("..data"));
        Directory.CreateSymbolicLink(_file.Folder.File("..data"), "v2");
        Assert.True(monitor.Check());
        Assert.Equal("b", Command(provider));
    }

    [Fact]
    public void Check_ChangedBeforeTheFirstCheck_IsSeen()
    {
        var initial = _file.Load(First);
        _file.Folder.Write("gateway.json", Second);
        var provider = new GatewayConfigProvider(initial.Config!);
        using var monitor = new GatewayConfigMonitor(_file.Loader, initial, provider, _time, _logger);
        Assert.True(monitor.Check());
    }

    [Fact]
    public async Task Monitor_Running_ChecksAtEachTickAndSurvivesAFailingListener()
    {
        var monitor = Monitor(First, out var provider);
        await monitor.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(TimeSpan.FromSeconds(1), await _time.Period);

        provider.GetChangeToken().RegisterChangeCallback(_ => throw new InvalidOperationException("listener"), null);
        _file.Folder.Write("gateway.json", Second);
        _time.Tick();
        Assert.Equal("listener", (await _logger.Failure).InnerException?.Message);

        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        provider.GetChangeToken().RegisterChangeCallback(_ => told.SetResult(), null);
        _file.Folder.Write("gateway.json", """{ "mcpServers": {} }""");
        _time.Tick();
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Empty(provider.Current.Servers);
        await monitor.StopAsync(TestContext.Current.CancellationToken);
        monitor.Dispose();
    }

    [Fact]
    public void Stamp_OfAFolderInALoop_IsThatOfAMissingFile()
    {
        Skip.When(OperatingSystem.IsWindows(), "Making links needs a privilege there.");
        File.CreateSymbolicLink(_file.Folder.File("loop"), "loop/x");
        Assert.Null(FileStamp.Of(_file.Folder.File("loop")).Target);
    }

    private static string Command(GatewayConfigProvider provider) =>
        Assert.IsType<StdioTarget>(provider.Current.Servers["one"].Target).Command;

    private GatewayConfigMonitor Monitor(string json, out GatewayConfigProvider provider)
    {
        var initial = _file.Load(json);
        provider = new GatewayConfigProvider(initial.Config!);
        return new GatewayConfigMonitor(_file.Loader, initial, provider, _time, _logger);
    }

    /// <summary>Time that passes when the test says so.</summary>
    private sealed class ManualTicks : TimeProvider
    {
        private readonly TaskCompletionSource<TimeSpan> _period = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Action _tick = () => { };

        public Task<TimeSpan> Period => _period.Task.WaitAsync(TimeSpan.FromSeconds(30));

        public void Tick() => _tick();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _tick = () => callback(state);
            _period.TrySetResult(period);
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    private sealed class RecordingLogger : ILogger<GatewayConfigMonitor>
    {
        private readonly TaskCompletionSource<Exception> _error = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<(LogLevel Level, string Message)> Entries { get; } = [];

        public Task<Exception> Failure => _error.Task.WaitAsync(TimeSpan.FromSeconds(30));

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Entries.Add((logLevel, formatter(state, exception)));
            if (exception is not null)
                _error.TrySetResult(exception);
        }
    }
}
