using System.IO.Pipelines;
using System.Text;
using McpGateway.Backends.Remote;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace McpGateway.Tests.Backends.Remote;

/// <summary>What time does to a stream; what passes on it, the functional tests show.</summary>
public sealed class SseRelayTests : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(15);
    private static readonly ServerConfig Server = new()
    {
        Name = "far",
        Target = new RemoteTarget { Url = new Uri("https://up.test/mcp"), Transport = RemoteTransport.StreamableHttp },
        RequestTimeout = 3 * Tick,
    };

    private readonly ManualTimeProvider _time = new();
    private readonly MetricsRecorder _recorder = new();
    private readonly MemoryStream _written = new();
    private readonly Pipe _pipe = new();
    private readonly GatewayConfigProvider _config = new(With(Server));
    private readonly RemoteDrain _drain;
    private readonly RemoteContext _remote;

    public SseRelayTests()
    {
        _drain = new RemoteDrain(Options.Create(new DrainOptions()), _time);
        _remote = new RemoteContext(
            _config, Options.Create(new LimitsOptions()), new SessionSeal(Options.Create(new ReplicasOptions())),
            new RemoteListedItems(_time), _drain, new UpstreamReports(NullLogger<UpstreamReports>.Instance), _recorder.Metrics, _time);
    }

    private string Written => Encoding.UTF8.GetString(_written.ToArray());

    public void Dispose()
    {
        _drain.Dispose();
        _recorder.Dispose();
        _written.Dispose();
    }

    [Fact]
    public async Task Silence_IsFilledWithComments_UntilTheServerIsNoLongerConfigured()
    {
        await using var events = Events();
        var running = Relay(null).RunAsync(events);
        await TickAsync();
        await TickAsync();
        await Waiting.UntilAsync(() => Written == ": keep-alive\n\n: keep-alive\n\n");
        _config.Update(With());
        await TickAsync();
        await running.Soon();
        Assert.Equal(": keep-alive\n\n: keep-alive\n\n", Written);
    }

    [Fact]
    public async Task Silence_OfARequest_EndsInAnErrorAfterItsTimeout()
    {
        await using var events = Events();
        var running = Relay([1]).RunAsync(events);
        for (var tick = 0; tick < 3; tick++)
            await TickAsync();
        await running.Soon();
        Assert.StartsWith(": keep-alive\n\n: keep-alive\n\nevent: message\ndata: ", Written, StringComparison.Ordinal);
        Assert.Contains("\"id\":1,\"error\":{\"code\":-32603", Written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_ThatStaysOpenAfterTheLastAnswer_IsEnded()
    {
        await using var events = Events();
        var running = Relay([1]).RunAsync(events);
        var answer = "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n"u8.ToArray();
        await _pipe.Writer.WriteAsync(answer, TestContext.Current.CancellationToken);
        await Waiting.UntilAsync(() => Written.Length > 0);
        await TickAsync();
        await running.Soon();
        Assert.Equal("event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n", Written);
    }

    private async Task TickAsync()
    {
        await _time.UntilTimersAsync(1);
        _time.Advance(Tick);
    }

    private UpstreamEvents Events() => new(_pipe.Reader.AsStream(), 1000, _time, TestContext.Current.CancellationToken);

    private SseRelay Relay(HashSet<JsonRpcId>? pending)
    {
        var context = new DefaultHttpContext();
        context.Response.Body = _written;
        return new SseRelay(_remote, context, Server, new UpstreamFilter(_remote, Server, SessionOwner.Anonymous)) { Pending = pending };
    }

    private static GatewayConfig With(params ServerConfig[] servers) => new()
    {
        Servers = new EquatableMap<ServerConfig>(servers.Select(server => KeyValuePair.Create(server.Name, server))),
    };
}
