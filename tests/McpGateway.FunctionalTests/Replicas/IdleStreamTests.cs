using System.Globalization;
using System.Net.Sockets;
using System.Text;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Replicas;

/// <summary>
/// Streams on which nothing is said, through nginx: none may be cut. REPLICAS_STREAMS and REPLICAS_MINUTES say how many and how
/// long; 1000 and 10 are the full size, and without them there is nothing to see but a keep-alive on each of a few.
/// </summary>
public sealed class IdleStreamTests(ITestOutputHelper output)
{
    private const string KeepAlive = ": keep-alive";

    private static readonly int Streams = Setting("REPLICAS_STREAMS", 20);
    private static readonly int Minutes = Setting("REPLICAS_MINUTES", 0);

    [Fact]
    public async Task IdleStreams_ThroughNginx_AreNotCut()
    {
        await using var gateway = await ReplicatedGateway.StartAsync();
        var sockets = new Socket[Streams];
        await Parallel.ForAsync(0, Streams, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
            sockets[i] = await OpenAsync(gateway.BaseAddress, i));
        var until = TimeProvider.System.GetTimestamp() + (long)(
            TimeSpan.FromMinutes(Minutes).TotalSeconds * TimeProvider.System.TimestampFrequency);

        var heard = await Task.WhenAll(sockets.Select(socket => ListenAsync(socket, until)));

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Streams} streams, {Minutes} minutes: {heard.Count(it => it < 0)} cut, {heard.Min()} to {heard.Max()} keep-alives"
                + $" each"));
        Assert.All(heard, keepAlives => Assert.True(keepAlives > 0));
        Array.ForEach(sockets, socket => socket.Dispose());
    }

    private static async Task<Socket> OpenAsync(Uri gateway, int number)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(gateway.Host, gateway.Port, TestHttp.Token);
        // Of a server whose sessions are placed by their user: many of the streams take the way over another replica.
        var request = $"GET /user/sse HTTP/1.1\r\nHost: {gateway.Authority}\r\nX-API-Key:"
            + $" {ReplicatedGateway.KeyOf(number)}\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), TestHttp.Token);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        while (!answer.ToString().Contains("event: endpoint", StringComparison.Ordinal))
        {
            var count = await socket.ReceiveAsync(buffer, TestHttp.Token);
            Assert.True(count > 0, "The stream ended: " + answer);
            answer.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return socket;
    }

    // How many keep-alives came; -1: the stream was cut.
    private static async Task<int> ListenAsync(Socket socket, long until)
    {
        var buffer = new byte[4096];
        var heard = 0;
        while (heard == 0 || TimeProvider.System.GetTimestamp() < until)
        {
            int count;
            try
            {
                count = await socket.ReceiveAsync(buffer, TestHttp.Token);
            }
            catch (SocketException)
            {
                return -1;
            }

            if (count == 0)
                return -1;
            heard += Encoding.UTF8.GetString(buffer, 0, count).Split(KeepAlive).Length - 1;
        }

        return heard;
    }

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : fallback;
}
