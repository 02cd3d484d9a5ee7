using System.Text.Json;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Deployment;

/// <summary>What a container's health check runs.</summary>
public sealed class HealthCommandTests
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "McpGateway");

    [Theory]
    [InlineData("http://*:{0}")] // as the image sets it
    [InlineData("http://0.0.0.0:{0}")]
    [InlineData("http://127.0.0.1:{0};http://127.0.0.1:1")]
    public async Task Health_OfAGatewayThatIsUp_IsZero(string urls)
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync();
        var health = await RunAsync(string.Format(null, urls, gateway.BaseAddress.Port));
        Assert.Equal((0, ""), (health.ExitCode, health.Errors));
        Assert.Equal("Healthy", JsonElement.Parse(health.Output).Get("status").GetString());
    }

    [Fact]
    public async Task Health_OfAnAddressThatIsGiven_IsAskedThere()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync();
        Assert.Equal(0, (await RunAsync("http://127.0.0.1:1", "--url", gateway.BaseAddress.ToString())).ExitCode);
    }

    [Fact]
    public async Task Health_OfAnHttpsListener_IsZeroWhateverItsCertificatesName()
    {
        using var certificate = new CertificateFolder();
        await using var gateway = await TestGateway.StartWithTestServerAsync(settings: new()
        {
            ["Kestrel:Endpoints:Https:Url"] = "https://127.0.0.1:0",
            ["Kestrel:Endpoints:Https:Certificate:Path"] = $"{certificate.Path}/fullchain.pem",
            ["Kestrel:Endpoints:Https:Certificate:KeyPath"] = $"{certificate.Path}/privkey.pem",
        }, urls: "");
        var url = gateway.BaseAddress.GetLeftPart(UriPartial.Authority);
        var health = await Tool.RunAsync(
            Program, ["health"], environment: new() { ["ASPNETCORE_URLS"] = null, ["Kestrel__Endpoints__Https__Url"] = url });
        Assert.Equal((0, ""), (health.ExitCode, health.Errors));
    }

    [Fact]
    public async Task Health_OfNobody_IsOne()
    {
        var health = await RunAsync("http://*:1");
        Assert.Equal((1, ""), (health.ExitCode, health.Output));
        Assert.Contains("http://127.0.0.1:1/health did not answer", health.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_OfNoAddress_IsOneAndSaysWhatToWrite()
    {
        var health = await RunAsync("http://*:1", "--url", "ftp://127.0.0.1");
        Assert.Equal(1, health.ExitCode);
        Assert.Contains("--url http://127.0.0.1:8000", health.Errors, StringComparison.Ordinal);
    }

    private static Task<Tool> RunAsync(string urls, params string[] arguments) => Tool.RunAsync(
        Program, ["health", .. arguments], environment: new() { ["ASPNETCORE_URLS"] = urls });
}
