using System.Net;
using System.Net.Sockets;
using System.Text;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>An HTTP+SSE session on a socket of its own, which its client can lose in ways that no HTTP library allows.</summary>
internal sealed class BareStream : IDisposable
{
    // <netinet/tcp.h> and <linux/tcp.h>.
    private const int ProtocolTcp = 6;
    private const int TcpRepair = 19;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly StringBuilder _received = new();
    private readonly byte[] _buffer = new byte[4096];

    /// <summary>Whether this process may lose connections without a word: CAP_NET_ADMIN.</summary>
    public static bool MayVanish()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetRawSocketOption(ProtocolTcp, TcpRepair, BitConverter.GetBytes(1));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Opens the stream and does the handshake.</summary>
    public static async Task<BareStream> ConnectAsync(Uri gateway, string path = "test/sse")
    {
        var stream = new BareStream();
        await stream._socket.ConnectAsync(IPAddress.Loopback, gateway.Port, TestHttp.Token);
        var request = $"GET /{path} HTTP/1.1\r\nHost: {gateway.Authority}\r\n\r\n";
        await stream._socket.SendAsync(Encoding.ASCII.GetBytes(request), TestHttp.Token);
        var endpoint = (await stream.ReadAsync("data: ", "\n"))["data: ".Length..].Trim();
        using var accepted = await TestHttp.SendAsync(
            HttpMethod.Post, new Uri(gateway, endpoint), TestHttp.Json(Rpc.Initialize("1")));
        Assert.Equal(202, accepted.Status);
        await stream.ReadAsync("\"protocolVersion\"", "\n\n");
        return stream;
    }

    /// <summary>Closes the connection, of which the gateway is told.</summary>
    public void Dispose() => _socket.Dispose();

    /// <summary>
    /// Loses the connection as a machine does whose power fails: the gateway is told nothing, and learns only when it sends.
    /// </summary>
    public void Vanish()
    {
        _socket.SetRawSocketOption(ProtocolTcp, TcpRepair, BitConverter.GetBytes(1));
        _socket.Dispose();
    }

    private async Task<string> ReadAsync(string from, string to)
    {
        while (true)
        {
            var text = _received.ToString();
            if (text.IndexOf(from, StringComparison.Ordinal) is var start and >= 0
                && text.IndexOf(to, start, StringComparison.Ordinal) is var end and >= 0)
            {
                return text[start..end];
            }

            var count = await _socket.ReceiveAsync(_buffer, TestHttp.Token)
                .AsTask().WaitAsync(2 * TestHttp.Timeout, TestHttp.Token);
            Assert.True(count > 0, "The stream ended: " + text);
            _received.Append(Encoding.UTF8.GetString(_buffer, 0, count));
        }
    }
}
