using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace McpGateway.FunctionalTests.Hosting;

public sealed class TestGatewayTests
{
    [Fact]
    public async Task Gateway_WithTestServer_IsHealthy()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync();
        using var client = new HttpClient { BaseAddress = gateway.BaseAddress };

        Assert.Contains("\"Healthy\"",
            await client.GetStringAsync("health", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gateway_WithALongDrain_HasALongerStop()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(settings: new() { ["Drain:Timeout"] = "00:05:00" });

        var host = gateway.Services.GetRequiredService<IOptions<HostOptions>>().Value;

        Assert.True(host.ShutdownTimeout > TimeSpan.FromMinutes(5));
    }
}
