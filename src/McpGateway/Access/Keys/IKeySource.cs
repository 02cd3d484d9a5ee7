namespace McpGateway.Access.Keys;

/// <summary>Where an issuer's keys come from: the settings, or the issuer itself.</summary>
internal interface IKeySource : IAsyncDisposable
{
    /// <summary>The keys as they are known now; null when they never could be fetched.</summary>
    KeySet? Current { get; }

    /// <summary>The keys to check a token with that names this key; fetched again if that may bring it.</summary>
    /// <returns>Null when the issuer could not be reached yet.</returns>
    ValueTask<KeySet?> GetAsync(string? keyId, CancellationToken cancellationToken);
}
