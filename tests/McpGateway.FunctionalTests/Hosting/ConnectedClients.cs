namespace McpGateway.FunctionalTests.Hosting;

/// <summary>
/// One gateway, and one client of each kind for all tests of a class: whatever one test does, the next finds it alive.
/// </summary>
public sealed class ConnectedClients : IAsyncLifetime
{
    private readonly Dictionary<Wire, IRawClient> _clients = [];
    private TestGateway _gateway = null!;

    internal IRawClient this[Wire wire] => _clients[wire];

    public async ValueTask InitializeAsync()
    {
        _gateway = await TestGateway.StartWithTestServerAsync();
        foreach (var wire in Enum.GetValues<Wire>())
            _clients[wire] = await _gateway.ConnectAsync(wire);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
            await client.DisposeAsync();
        await _gateway.DisposeAsync();
    }
}
