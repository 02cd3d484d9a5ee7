using System.Diagnostics;
using System.Globalization;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Tests.Shared;

namespace McpGateway.FunctionalTests.Interop;

/// <summary>server-everything in one of its own HTTP modes, without a gateway.</summary>
internal sealed class EverythingServer : IAsyncDisposable
{
    private readonly Process _node;

    private EverythingServer(Process node, Uri endpoint) => (_node, Endpoint) = (node, endpoint);

    public Uri Endpoint { get; }

    public static async Task<EverythingServer> StartAsync(string transport)
    {
        InteropParts.Require();
        var port = FreePort.Find();
        var (mode, path) = transport is "sse" ? ("sse", "sse") : ("streamableHttp", "mcp");
        var module = InteropParts.Module("@modelcontextprotocol/server-everything/dist/index.js");
        var start = new ProcessStartInfo("node", [module, mode])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PORT"] = port.ToString(CultureInfo.InvariantCulture) },
        };
        var server = new EverythingServer(Process.Start(start)!, new Uri($"http://127.0.0.1:{port}/{path}"));
        await server.ListeningAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _node.Kill(entireProcessTree: true);
        await _node.WaitForExitAsync();
        _node.Dispose();
    }

    private async Task ListeningAsync()
    {
        var listening = new TaskCompletionSource();
        _node.OutputDataReceived += (_, _) => { };
        _node.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null) listening.TrySetException(new InvalidOperationException("server-everything ended at start."));
            else if (line.Data.Contains(" on port ", StringComparison.Ordinal)) listening.TrySetResult();
        };
        _node.BeginOutputReadLine();
        _node.BeginErrorReadLine();
        await listening.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }
}
