namespace McpGateway.FunctionalTests.Hosting;

public sealed class TestGatewayTests
{
    [Fact]
    public async Task Gateway_WithTestServer_IsHealthy()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync();
        using var client = new HttpClient { BaseAddress = gateway.BaseAddress };

        Assert.Equal("Healthy", await client.GetStringAsync("health", TestContext.Current.CancellationToken));
    }
}
