namespace McpGateway.Access.Keys;

/// <summary>Keys from the settings. They never change.</summary>
internal sealed class FixedKeys(KeySet keys) : IKeySource
{
    public KeySet Current => keys;

    public ValueTask<KeySet?> GetAsync(string? keyId, CancellationToken cancellationToken) => new(keys);

    public ValueTask DisposeAsync() => default;
}
