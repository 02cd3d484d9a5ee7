using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Tests.Shared;

namespace McpGateway.FunctionalTests.Access.Transport;

public sealed class HttpsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mcpgateway-tls-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Certificate_ThatIsRenewed_IsServedWithoutARestart()
    {
        var port = FreePort.Find();
        Write("first");
        await using var gateway = await TestGateway.StartWithTestServerAsync(settings: new()
        {
            ["Kestrel:Endpoints:Https:Url"] = $"https://127.0.0.1:{port}",
            ["Kestrel:Endpoints:Https:Certificate:Path"] = Path.Combine(_folder, "cert.pem"),
            ["Kestrel:Endpoints:Https:Certificate:KeyPath"] = Path.Combine(_folder, "key.pem"),
        }, urls: "");
        var uri = new Uri($"https://127.0.0.1:{port}/test/message");
        Assert.Equal("CN=first", await ServedAsync(uri));

        Write("second");
        await Eventually.TrueAsync(async () => await ServedAsync(uri) == "CN=second", "the new certificate is served",
            TestHttp.Timeout);
    }

    [Fact]
    public async Task Http_WithRedirect_IsSentToHttps()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(
            settings: new() { ["Access:Https:Redirect"] = "true", ["Access:Https:Port"] = "8443" });
        using var answer = await TestHttp.SendAsync(
            HttpMethod.Post, new Uri(gateway.BaseAddress, "test/message?x=1"), TestHttp.Json(Rpc.Request("1", "ping")),
            ("Host", "localhost"));
        Assert.Equal((307, "https://localhost:8443/test/message?x=1"), (answer.Status, answer.Header("Location")));
        using var foreign = await TestHttp.SendAsync(
            HttpMethod.Get, new Uri(gateway.BaseAddress, "test/sse"), null, ("Host", "evil.example"));
        Assert.Equal((403, null), (foreign.Status, foreign.Header("Location"))); // no open redirect
        using var health = await TestHttp.SendAsync(HttpMethod.Get, new Uri(gateway.BaseAddress, "health"));
        Assert.Equal(200, health.Status);
    }

    [Fact]
    public async Task Http_BehindAProxyThatEndsTls_IsNotRedirected_AndHasHsts()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(settings: new()
        {
            ["Access:PublicUrl"] = "https://mcp.example",
            ["Access:Https:Redirect"] = "true", ["Access:Https:HstsMaxAge"] = "365.00:00:00",
            ["Access:ForwardedHeaders:KnownNetworks:0"] = "127.0.0.0/8",
            ["Access:ApiKeys:0:Name"] = "ci", ["Access:ApiKeys:0:Sha256"] = new string('0', 64),
        });
        using var secure = await PingAsync(gateway, ("X-Forwarded-Proto", "https"));
        Assert.Equal((401, "max-age=31536000"), (secure.Status, secure.Header("Strict-Transport-Security")));
        using var plain = await PingAsync(gateway, ("X-Forwarded-Proto", "http"));
        Assert.Equal(
            (307, "https://mcp.example/test/message", null),
            (plain.Status, plain.Header("Location"), plain.Header("Strict-Transport-Security")));
    }

    private static Task<Answer> PingAsync(TestGateway gateway, (string, string) header) => TestHttp.SendAsync(
        HttpMethod.Post, new Uri(gateway.BaseAddress, "test/message"), TestHttp.Json(Rpc.Request("1", "ping")),
        ("Host", "mcp.example"), header);

    // Null while nobody listens: the listener is opened anew with the new certificate.
    private static async Task<string?> ServedAsync(Uri uri)
    {
        string? subject = null;
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions =
                { RemoteCertificateValidationCallback = (_, certificate, _, _) => (subject = certificate!.Subject) is not null },
        };
        using var client = new HttpClient(handler);
        try
        {
            using var answer = await client.PostAsync(uri, TestHttp.Json(Rpc.Request("1", "ping")), TestHttp.Token);
            return answer.IsSuccessStatusCode ? subject : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    // Each file appears whole, as whoever renews certificates does it; the certificate last, for it is what is watched.
    private void Write(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        Replace("key.pem", key.ExportPkcs8PrivateKeyPem());
        Replace("cert.pem", certificate.ExportCertificatePem());
    }

    private void Replace(string file, string text)
    {
        var path = Path.Combine(_folder, file);
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
