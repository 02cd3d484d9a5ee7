using System.Collections.Concurrent;

namespace McpGateway.Backends.Remote;

/// <summary>
/// Forwards requests, and logs when a remote server begins to fail and when it has recovered: once, and not for each request.
/// </summary>
internal sealed partial class UpstreamReports(ILogger<UpstreamReports> log)
{
    private readonly ConcurrentDictionary<string, string> _troubles = new(StringComparer.Ordinal);

    /// <summary>See <see cref="IUpstream.ForwardAsync"/>.</summary>
    public async Task<UpstreamFailure> ForwardAsync(RemoteCall call, RemoteExchange exchange)
    {
        var server = call.Server.Name;
        var failure = await call.Upstream.ForwardAsync(exchange with
        {
            Receive = (response, address) =>
            {
                Report(server, TroubleOf((int)response.StatusCode));
                return exchange.Receive(response, address);
            },
        });
        if (failure is not UpstreamFailure.None)
            Report(server, failure.ToString());
        return failure;
    }

    private void Report(string server, string? trouble)
    {
        if (trouble is null)
        {
            if (!_troubles.IsEmpty && _troubles.TryRemove(server, out _))
                Log.Recovered(log, server);
            return;
        }

        // Until the server recovers, any other trouble belongs to the same failure.
        if (_troubles.TryAdd(server, trouble))
            Log.Failing(log, server, trouble);
    }

    // The statuses that show a fault of the server or of the gateway's configuration. Other 4xx concern single requests.
    private static string? TroubleOf(int status) => status is (>= 300 and < 400) or (>= 500)
        or StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status407ProxyAuthenticationRequired
            ? $"HTTP {status}"
            : null;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Server}: the remote server fails ({Trouble})", EventName = "RemoteServerFails")]
        public static partial void Failing(ILogger log, string server, string trouble);

        [LoggerMessage(2, LogLevel.Information, "{Server}: the remote server answers again", EventName = "RemoteServerRecovered")]
        public static partial void Recovered(ILogger log, string server);
    }
}
