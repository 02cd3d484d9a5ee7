namespace McpGateway.FunctionalTests.Hosting;

/// <summary>One gateway with the TestServer for all tests of a class that need nothing special of it.</summary>
public sealed class SharedGateway : IAsyncLifetime
{
    public TestGateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Gateway = await TestGateway.StartWithTestServerAsync();

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
