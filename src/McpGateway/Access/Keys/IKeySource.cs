namespace McpGateway.Access.Keys;

/// <summary>The source of an issuer's keys: the settings, or the issuer itself.</summary>
internal interface IKeySource : IAsyncDisposable
{
    /// <summary>The keys that are known now; null when none could be fetched so far.</summary>
    KeySet? Current { get; }

    /// <summary>The keys to verify a token with this key id. If the key is unknown, the keys may be fetched again.</summary>
    /// <returns>Null when the issuer could not be reached so far.</returns>
    ValueTask<KeySet?> GetAsync(string? keyId, CancellationToken cancellationToken);
}
