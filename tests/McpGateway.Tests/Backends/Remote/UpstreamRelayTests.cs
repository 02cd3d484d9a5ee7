using System.IO.Pipelines;
using System.Text;
using McpGateway.Backends.Remote;
using McpGateway.Configuration;
using McpGateway.Http;
using McpGateway.JsonRpc;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace McpGateway.Tests.Backends.Remote;

/// <summary>What time does to a stream; what passes on it, the functional tests show.</summary>
public sealed class UpstreamRelayTests : IDisposable
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

    public UpstreamRelayTests()
    {
        _drain = new RemoteDrain(Options.Create(new DrainOptions()), _time);
        _remote = new RemoteContext(
            _config, Options.Create(new LimitsOptions()), new SessionSeal(Options.Create(new ReplicasOptions())),
            new RemoteListedItems(_time), _drain, new UpstreamReports(NullLogger<UpstreamReports>.Instance), new OpenRelays(),
            new QueueBudget(1_000_000), _recorder.Metrics, _time);
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
        await using var passing = Pass(null);
        await TickAsync();
        await Waiting.UntilAsync(() => Written == ": keep-alive\n\n");
        await TickAsync();
        await Waiting.UntilAsync(() => Written == ": keep-alive\n\n: keep-alive\n\n");
        _config.Update(With());
        await TickAsync();
        await passing.Ended.Soon();
        Assert.Equal(": keep-alive\n\n: keep-alive\n\n", Written);
        Assert.Null(_remote.Relays.Slowest());
    }

    [Fact]
    public async Task Silence_OfARequest_EndsInAnErrorAfterItsTimeout()
    {
        await using var passing = Pass(1);
        for (var tick = 0; tick < 2; tick++)
        {
            await TickAsync();
            await Waiting.UntilAsync(() => Written == string.Concat(Enumerable.Repeat(": keep-alive\n\n", tick + 1)));
        }

        await TickAsync();
        await passing.Ended.Soon();
        Assert.StartsWith(": keep-alive\n\n: keep-alive\n\nevent: message\ndata: ", Written, StringComparison.Ordinal);
        Assert.Contains("\"id\":1,\"error\":{\"code\":-32603", Written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_ThatStaysOpenAfterTheLastAnswer_IsEnded()
    {
        await using var passing = Pass(1);
        var answer = "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n"u8.ToArray();
        await _pipe.Writer.WriteAsync(answer, TestContext.Current.CancellationToken);
        await Waiting.UntilAsync(() => Written.Length > 0);
        await _time.UntilTimersAsync(1);
        _time.Advance(Tick);
        await passing.Ended.Soon();
        Assert.Equal("event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n", Written);
    }

    [Fact]
    public async Task Request_ThatTheServerAsksTheClientFor_TakesTheServersTimeOnlyOnceItSpeaksAgain()
    {
        await using var passing = Pass(1);
        await SendAsync("data: {\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"sampling/createMessage\"}\n\n");
        for (var tick = 0; tick < 4; tick++)
            await TickAsync();
        Assert.False(passing.Ended.IsCompleted);
        await SendAsync("data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}\n\n");
        for (var tick = 0; tick < 3; tick++)
            await TickAsync();
        // The relay notes the time after it has written, and so perhaps only after the first of these ticks.
        await TickAsync();
        await passing.Ended.Soon();
        Assert.Contains("requestTimeout", Written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Event_WhoseMessageIsLeftOut_KeepsItsId()
    {
        await using var passing = Pass(1);
        await SendAsync("id: a\nretry: 7\ndata: {\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}\n\n");
        Assert.Equal("id: a\nretry: 7\ndata: \n\n", Written);
        Assert.Equal(1, _recorder.Dropped("unknown-id"));
    }

    private async Task TickAsync()
    {
        var now = _time.Advance(Tick);
        await Task.WhenAll(_remote.Relays.Tick(now)).Soon();
    }

    private async Task SendAsync(string text)
    {
        var before = Written.Length;
        await _pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
        await Waiting.UntilAsync(() => Written.Length > before);
    }

    private Passing Pass(JsonRpcId? id)
    {
        var stream = id is null ? ResponseStream.Lasting(_remote.Budget, _time) : _remote.StreamForAnswers();
        UpstreamCalls? calls = null;
        if (id is { } pending)
        {
            calls = new UpstreamCalls(_remote, Server, stream);
            calls.Add(JsonRpcMessage.Create(
                Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":{{pending}},"method":"tools/call"}""")));
        }

        var context = new DefaultHttpContext();
        context.Response.Body = _written;
        var leave = new CancellationTokenSource();
        var events = new UpstreamEvents(_pipe.Reader.AsStream(), 1000, _time, leave.Token);
        var filter = new UpstreamFilter(_remote, Server, SessionOwner.Anonymous);
        var relay = new UpstreamRelay(_remote, Server, stream, filter, leave, calls);
        return new Passing(
            leave, events, Task.WhenAll(relay.RunAsync(events, CancellationToken.None), SseWriter.PumpAsync(context, stream)));
    }

    private static GatewayConfig With(params ServerConfig[] servers) => new()
    {
        Servers = new EquatableMap<ServerConfig>(servers.Select(server => KeyValuePair.Create(server.Name, server))),
    };

    private sealed record Passing(CancellationTokenSource Leave, UpstreamEvents Events, Task Ended) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Leave.CancelAsync();
            await Ended.Soon();
            await Events.DisposeAsync();
            Leave.Dispose();
        }
    }
}
