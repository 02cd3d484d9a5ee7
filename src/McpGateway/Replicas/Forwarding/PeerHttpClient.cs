using System.Net.Sockets;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace McpGateway.Replicas.Forwarding;

/// <summary>How connections to peers are made. A stream may be silent for any time.</summary>
internal static class PeerHttpClient
{
    /// <summary>In the metadata of a cluster whose destinations are replicas.</summary>
    public const string MetadataKey = "Replicas";

    /// <summary>Replicas are in one network; one that takes longer is not there.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    // A machine that has lost power closes no connection. TCP detects that after 15 + 3 * 5 = 30 seconds.
    private const int ProbeAfterSeconds = 15;
    private const int ProbeEverySeconds = 5;
    private const int Probes = 3;

    /// <summary>HTTP/1.1, which is what Kestrel speaks without TLS. No time-out here: the session's owner has its own.</summary>
    public static ForwarderRequestConfig Request { get; } = new()
    {
        ActivityTimeout = Timeout.InfiniteTimeSpan,
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public static void Configure(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        if (context.NewMetadata?.ContainsKey(MetadataKey) is not true)
            return;
        handler.ConnectTimeout = ConnectTimeout;
        // By default the body would be sent after a second without a response. A peer always responds, yes or no.
        handler.Expect100ContinueTimeout = TimeSpan.FromSeconds(30);
        handler.ConnectCallback = ConnectAsync;
    }

    // SocketsHttpHandler has no setting for TCP keep-alive. NoDelay is what it sets by itself, without a callback.
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, ProbeAfterSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeEverySeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
