using System.IO.Pipelines;
using McpGateway.Cli.DemoServer;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpGateway.FunctionalTests.DemoServer;

/// <summary>The demo server and the SDK's client, in one process, over a pair of pipes as they are between two.</summary>
internal sealed class DemoServerSession : IAsyncDisposable
{
    private readonly Pipe _toServer = new();
    private readonly Pipe _toClient = new();
    private readonly CancellationTokenSource _stop = new();

    private DemoServerSession()
    {
    }

    public McpClient Client { get; private set; } = null!;

    /// <summary>Ends when the server does.</summary>
    public Task Server { get; private set; } = null!;

    public static async Task<DemoServerSession> StartAsync(McpClientOptions? options = null)
    {
        var session = new DemoServerSession();
        session.Server = session.ServeAsync();
        var transport = new StreamClientTransport(session._toServer.Writer.AsStream(), session._toClient.Reader.AsStream());
        session.Client = await McpClient.CreateAsync(transport, options,
            cancellationToken: TestContext.Current.CancellationToken);
        return session;
    }

    public ValueTask<CallToolResult> CallAsync(string tool, Dictionary<string, object?> arguments) =>
        Client.CallToolAsync(tool, arguments, cancellationToken: TestContext.Current.CancellationToken);

    public ValueTask CloseInputAsync() => _toServer.Writer.CompleteAsync();

    public Task StopAsync() => _stop.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await StopAsync();
        await Server;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        await using var transport = new StreamServerTransport(
            _toServer.Reader.AsStream(), _toClient.Writer.AsStream(), DemoServerHost.Name);
        await DemoServerHost.RunAsync(transport, NullLoggerFactory.Instance, TimeProvider.System, _stop.Token);
    }
}
