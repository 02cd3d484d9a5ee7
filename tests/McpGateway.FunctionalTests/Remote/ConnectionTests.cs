using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.FunctionalTests.Logging;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace McpGateway.FunctionalTests.Remote;

/// <summary>
/// TLS, client certificates and time-outs of remote servers: YARP's own settings. What the log tells of them: nothing.
/// </summary>
public sealed class ConnectionTests : IDisposable
{
    private const string Far = "ReverseProxy:Clusters:far:";

    private readonly string _folder = Directory.CreateTempSubdirectory("mcpgateway-tls-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Server_OverTls_IsTrustedAndShownACertificate_AsTheSettingsSay()
    {
        using var server = Certificate("server");
        using var client = Certificate("client");
        await File.WriteAllTextAsync(Path.Combine(_folder, "cert.pem"), client.ExportCertificatePem(), TestHttp.Token);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "key.pem"), client.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem(), TestHttp.Token);
        await using var upstream = await Upstream.StartAsync(listen: options => options.UseHttps(https =>
        {
            https.ServerCertificate = server;
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (shown, _, _) => shown.Thumbprint == client.Thumbprint;
        }));
        var trust = new Dictionary<string, string?> { [Far + "HttpClient:DangerousAcceptAnyServerCertificate"] = "true" };
        var both = new Dictionary<string, string?>(trust)
        {
            [Far + "HttpClient:ClientCertificate:Path"] = Path.Combine(_folder, "cert.pem"),
            [Far + "HttpClient:ClientCertificate:KeyPath"] = Path.Combine(_folder, "key.pem"),
        };

        Assert.Contains("-32603", await PingAsync(upstream, null), StringComparison.Ordinal);
        Assert.Contains("-32603", await PingAsync(upstream, trust), StringComparison.Ordinal);
        Assert.Empty(upstream.Requests);
        Assert.Contains("\"result\":{}", await PingAsync(upstream, both), StringComparison.Ordinal);
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task Timeout_OfTheSettings_GoesBeforeTheServers()
    {
        await using var upstream = await Upstream.StartAsync(
            (context, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        var answer = await PingAsync(upstream, new() { [Far + "HttpRequest:ActivityTimeout"] = "00:00:01" });
        Assert.Contains("in time", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_TellsNeitherUrlsNorSessionsNorHeaders()
    {
        var log = new CapturedLog();
        await using var upstream = await Upstream.StartAsync(new LegacyUpstream().AnswerAsync);
        var headers = new JsonObject { ["X-Key"] = "swordfish" };
        await using var gateway = await TestGateway.StartAsync(
            RemoteGateway.Json(upstream.Address + "/sse?key=swordfish", new() { ["headers"] = headers }),
            new() { ["Logging:LogLevel:Default"] = "Trace", ["Logging:LogLevel:Yarp"] = "Trace" },
            builder => builder.Logging.AddProvider(log));
        await using (var client = await SseClient.ConnectAsync(gateway, "far/sse"))
        {
            await client.CallAsync("read");
            upstream.Answer = (context, _) => Upstream.StatusAsync(context, 500);
            using var failed = await client.PostAsync(Rpc.Request("1", "ping"));
            Assert.Equal(502, failed.Status);
        }

        Assert.NotEmpty(log.Lines);
        Assert.DoesNotContain(log.Lines, line => line.Contains("swordfish", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains("session=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Log_TellsOnceThatAServerFails_AndThatItHasRecovered()
    {
        var log = new CapturedLog();
        await using var upstream = await Upstream.StartAsync((context, _) => Upstream.StatusAsync(context, 500));
        await using var gateway = await TestGateway.StartAsync(
            RemoteGateway.Json(upstream.Url), new() { ["Logging:LogLevel:Default"] = "Information" },
            builder => builder.Logging.AddProvider(log));
        async Task PingAsync()
        {
            using var answer = await RemoteGateway.Client(gateway).PostAsync(Rpc.Request("1", "ping"));
            Assert.Equal(200, answer.Status);
        }

        string[] Reports() => [.. log.Lines.Where(line => line.Contains("UpstreamReports", StringComparison.Ordinal))];
        await PingAsync();
        await PingAsync();
        Assert.Contains("far: the remote server fails (HTTP 500)", Assert.Single(Reports()), StringComparison.Ordinal);
        upstream.Answer = Upstream.McpAsync;
        await PingAsync();
        await PingAsync();
        Assert.Contains("far: the remote server answers again", Reports()[1], StringComparison.Ordinal);
        Assert.Equal(2, Reports().Length);
    }

    private static async Task<string> PingAsync(Upstream upstream, Dictionary<string, string?>? settings)
    {
        await using var gateway = await RemoteGateway.StartAsync(upstream.Url, settings: settings);
        using var answer = await RemoteGateway.Client(gateway).PostAsync(Rpc.Request("1", "ping"));
        Assert.Equal(200, answer.Status);
        return await answer.BodyAsync();
    }

    private static X509Certificate2 Certificate(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
