using System.Security.Cryptography;
using System.Text;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Deployment;

/// <summary>The gateway behind nginx and Caddy, with the configurations of deploy/.</summary>
public sealed class FrontProxyTests
{
    private const string Key = "mgw_0123456789abcdef0123456789abcdef";
    private const string User = $"Bearer {Key}";

    [Theory]
    [InlineData("nginx")]
    [InlineData("caddy")]
    public async Task Streams_ThroughTheProxy_ComeEventByEvent(string program)
    {
        await using var gateway = await StartAsync();
        await using var proxy = await FrontProxy.StartAsync(program, gateway.BaseAddress);

        await using var sse = await SseClient.ConnectAsync(new Uri(proxy.BaseAddress, "test/sse"), user: User);
        Assert.Equal("hello", (await sse.CallAsync("echo", new { text = "hello" })).Text());

        await using var client = await StreamableClient.ConnectAsync(
            new Uri(proxy.BaseAddress, "test/mcp"), capabilities: """{"sampling":{}}""", user: User);
        using var call = await PendingSample.BeginAsync(client); // what the child asks comes while the call's own stream is open
        using var accepted = await client.PostAsync(Rpc.Result(call.Question, Rpc.Sampled("completed")));
        Assert.Equal(202, accepted.Status);
        Assert.Equal("completed", Assert.Single(await call.Stream.AllAsync()).Text());
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("caddy")]
    public async Task Body_OverTheGatewaysLimit_GetsTheGatewaysError(string program)
    {
        await using var gateway = await StartAsync(("Limits:RequestBodyBytes", "2000000"));
        await using var proxy = await FrontProxy.StartAsync(program, gateway.BaseAddress);

        using var answer = await PostAsync(proxy, Rpc.Call("7", "echo", new { text = new string('x', 2_000_001) }));

        Assert.Equal((413, -32600), (answer.Status, (await answer.JsonAsync()).Code()));
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("caddy")]
    public async Task Headers_ThatAClientWritesAboutItself_EndAtTheProxy(string program)
    {
        await using var gateway = await StartAsync();
        await using var proxy = await FrontProxy.StartAsync(program, gateway.BaseAddress);
        (string, string)[] forged = [("X-Forwarded-Host", "elsewhere.example"), ("X-Forwarded-For", "192.0.2.1")];

        using var direct = await PostAsync(gateway.BaseAddress, Rpc.Request("1", "ping"), forged);
        using var through = await PostAsync(proxy.BaseAddress, Rpc.Request("1", "ping"), forged);

        Assert.Equal((403, 200), (direct.Status, through.Status)); // it believes this machine, and does not know that host
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("caddy")]
    public async Task Gateway_ThatIsAway_IsToldAsJson(string program)
    {
        var gateway = await StartAsync();
        await using var proxy = await FrontProxy.StartAsync(program, gateway.BaseAddress);
        await gateway.DisposeAsync();

        using var answer = await PostAsync(proxy, Rpc.Request("1", "ping"));

        Assert.Equal((502, -32603), (answer.Status, (await answer.JsonAsync()).Code()));
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("caddy")]
    public async Task Gateway_WithoutAuthentication_RefusesTheProxy(string program)
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync();
        await using var proxy = await FrontProxy.StartAsync(program, gateway.BaseAddress);

        using var answer = await PostAsync(proxy, Rpc.Request("1", "ping"));

        Assert.Equal(403, answer.Status);
        Assert.Contains("Set Access:Jwt:Issuers or Access:ApiKeys first", await answer.BodyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nginx_WithACertificate_StreamsOverHttp2()
    {
        using var certificate = new CertificateFolder();
        await using var gateway = await StartAsync();
        await using var proxy = await FrontProxy.StartNginxAsync([gateway.BaseAddress], certificate.Path);
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = certificate.Is };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(proxy.BaseAddress, "test/sse"))
        {
            Version = new(2, 0), VersionPolicy = HttpVersionPolicy.RequestVersionExact, Headers = { { "Authorization", User } },
        };

        using var answer = new Answer(await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestHttp.Token));

        Assert.Equal(200, answer.Status);
        Assert.Equal("endpoint", (await answer.NextEventAsync())?.Name);
    }

    private static Task<TestGateway> StartAsync(params (string Key, string Value)[] settings) =>
        TestGateway.StartWithTestServerAsync(settings: new(settings.ToDictionary(one => one.Key, one => (string?)one.Value))
        {
            ["Access:ApiKeys:0:Name"] = "ci",
            ["Access:ApiKeys:0:Sha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key))),
            ["Access:ForwardedHeaders:KnownNetworks:0"] = "127.0.0.1/32",
        });

    private static Task<Answer> PostAsync(FrontProxy proxy, string body) => PostAsync(proxy.BaseAddress, body, []);

    private static Task<Answer> PostAsync(Uri address, string body, (string, string)[] headers) => TestHttp.SendAsync(
        HttpMethod.Post, new Uri(address, "test/message"), TestHttp.Json(body), [("Authorization", User), .. headers]);
}
