using System.Text;
using McpGateway.Access;
using McpGateway.Access.Origins;
using McpGateway.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace McpGateway.Tests.Access;

public sealed class RequestGuardTests : IAsyncDisposable
{
    private readonly AccessOptions _options = new() { AllowedHosts = AccessOptions.LoopbackHosts };
    private readonly AccessFixture _access = new();

    public ValueTask DisposeAsync() => _access.DisposeAsync();

    [Theory]
    [InlineData("localhost")]
    [InlineData("LocalHost:8000")]
    [InlineData("127.0.0.1:8000")]
    [InlineData("[::1]:8000")]
    public async Task Host_Allowed_Passes(string host) => Assert.Null(await RefusalAsync(host));

    [Theory]
    [InlineData("")]
    [InlineData("example.com")]
    [InlineData("localhost.example.com")]
    [InlineData("localhost.")]
    [InlineData("127.0.0.2")]
    [InlineData("0.0.0.0:8000")]
    public async Task Host_Other_IsRefused(string host) =>
        Assert.Contains("Access:AllowedHosts", await RefusalAsync(host), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://localhost:3000")]
    [InlineData("https://127.0.0.1")]
    [InlineData("http://[::1]:9")]
    [InlineData("https://app.example.com")]
    public async Task Origin_Allowed_Passes(string origin)
    {
        _options.Cors.Origins = ["https://app.example.com"];
        Assert.Null(await RefusalAsync("localhost", ("Origin", origin)));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("https://evil.example")]
    [InlineData("http://localhost.evil.example")]
    [InlineData("http://localhost@evil.example")]
    [InlineData("file://localhost/x")]
    [InlineData("ftp://localhost")]
    [InlineData("https://app.example.com:444")]
    [InlineData("http://app.example.com")]
    [InlineData("https://app.example.com, http://localhost")]
    public async Task Origin_Other_IsRefused(string origin)
    {
        _options.Cors.Origins = ["https://app.example.com"];
        Assert.Contains("Access:Cors:Origins", await RefusalAsync("localhost", ("Origin", origin)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Forwarded")]
    [InlineData("forwarded")]
    [InlineData("X-Real-IP")]
    [InlineData("Via")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X-Forwarded-Proto")]
    [InlineData("x-forwarded-anything")]
    public async Task ProxyHeader_IsRefused(string header) =>
        Assert.Contains("proxy", await RefusalAsync("localhost", (header, "x")), StringComparison.Ordinal);

    [Fact]
    public async Task ProxyHeader_AuthenticationRequired_Passes()
    {
        _access.Configure(("Access:Anonymous", "false"));
        Assert.Null(await RefusalAsync("localhost", ("X-Forwarded-For", "x")));
    }

    [Fact]
    public async Task OtherHeader_Passes() =>
        Assert.Null(await RefusalAsync("localhost", ("X-Forwarder", "x"), ("X-Request-Id", "x")));

    private async Task<string?> RefusalAsync(string host, params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        var body = new MemoryStream();
        context.Response.Body = body;
        context.Request.Headers.Host = host;
        foreach (var (name, value) in headers)
            context.Request.Headers[name] = value;
        var passed = false;
        var options = Options.Create(_options);
        var origins = new OriginRules(options, _access.State, _access.Get<GatewayConfigProvider>());
        await new RequestGuard(Pass, options, origins, _access.State).InvokeAsync(context);
        if (passed)
            return null;
        Assert.Equal(403, context.Response.StatusCode);
        var answer = Encoding.UTF8.GetString(body.ToArray());
        Assert.Contains("-32000", answer, StringComparison.Ordinal);
        return answer;

        Task Pass(HttpContext ignored)
        {
            passed = true;
            return Task.CompletedTask;
        }
    }
}
