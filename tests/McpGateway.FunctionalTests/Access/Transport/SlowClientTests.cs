using System.Net.Sockets;
using System.Text;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Access.Transport;

/// <summary>Clients that would hold a connection, or memory, by what they send of a request.</summary>
public sealed class SlowClientTests
{
    [Fact]
    public async Task Headers_ThatAreTooLong_AreRefused()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(settings: new() { ["Limits:HeaderBytes"] = "5000" });
        using (var fits = await PingAsync(gateway, 4000))
            Assert.Equal(200, fits.Status);
        using var exceeds = await PingAsync(gateway, 6000);
        Assert.Equal(431, exceeds.Status);
    }

    [Fact]
    public async Task Headers_ThatDoNotEnd_AreGivenUp()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(settings: new()
            { ["Limits:HeaderTimeout"] = "00:00:01" });
        Assert.StartsWith("HTTP/1.1 408", await SayAsync(gateway, "POST /test/message HTTP/1.1\r\nHost: localhost\r\n"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_ThatDoesNotCome_IsGivenUp()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(settings: new()
            { ["Limits:BodyBytesPerSecond"] = "1000" });
        var answer = await SayAsync(gateway,
            "POST /test/message HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{");
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
    }

    private static Task<Answer> PingAsync(TestGateway gateway, int bytes) => TestHttp.SendAsync(
        HttpMethod.Post, new Uri(gateway.BaseAddress, "test/message"), TestHttp.Json(Rpc.Request("1", "ping")),
        ("X-Padding", new string('x', bytes)));

    private static async Task<string> SayAsync(TestGateway gateway, string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(gateway.BaseAddress.Host, gateway.BaseAddress.Port, TestHttp.Token);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), TestHttp.Token);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync(TestHttp.Token).WaitAsync(TestHttp.Timeout, TestHttp.Token);
    }
}
