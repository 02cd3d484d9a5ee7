namespace McpGateway.FunctionalTests.Hosting;

/// <summary>One gateway with the TestServer for all tests of a class that need nothing special of it.</summary>
public sealed class SharedGateway : IAsyncLifetime
{
    public TestGateway Gateway { get; private set; } = null!;

    // Tests leave calls in flight behind; the stop is not to wait for them.
    public async ValueTask InitializeAsync() =>
        Gateway = await TestGateway.StartWithTestServerAsync(settings: new() { ["Drain:Timeout"] = "00:00:01" });

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
