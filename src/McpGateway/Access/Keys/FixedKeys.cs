namespace McpGateway.Access.Keys;

/// <summary>Keys that stand in the settings.</summary>
internal sealed class FixedKeys(KeySet keys) : IKeySource
{
    public KeySet Current => keys;

    public ValueTask<KeySet?> GetAsync(string? keyId, CancellationToken cancellationToken) => new(keys);

    public ValueTask DisposeAsync() => default;
}
