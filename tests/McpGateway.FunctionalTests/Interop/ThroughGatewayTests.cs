using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Interop;

/// <summary>One gateway with the three real servers, for all the clients of a class.</summary>
public sealed class ThreeServersGateway : IGatewayUnderTest, IAsyncLifetime
{
    private TestGateway? _gateway;

    public Uri BaseAddress => _gateway!.BaseAddress;

    public async ValueTask InitializeAsync() => _gateway = await TestGateway.StartAsync(InteropGateway.BuildGatewayJson());

    public ValueTask DisposeAsync() => _gateway!.DisposeAsync();
}

public sealed class TypeScriptClientThroughGatewayTests(ThreeServersGateway gateway)
    : TypeScriptClientTests(gateway), IClassFixture<ThreeServersGateway>;

public sealed class McpRemoteThroughGatewayTests(ThreeServersGateway gateway)
    : McpRemoteTests(gateway), IClassFixture<ThreeServersGateway>;
