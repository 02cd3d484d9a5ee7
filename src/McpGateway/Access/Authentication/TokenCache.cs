using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using McpGateway.Configuration;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Internal;
using Microsoft.Extensions.Options;

namespace McpGateway.Access.Authentication;

/// <summary>
/// Caches validated tokens by their SHA-256, so that a signature is verified once and not for every message. Only valid tokens
/// are cached, so nobody can fill the cache with invalid ones. Every use checks that the issuer and the keys of an entry are
/// still current. A key rotation or a reload therefore need not clear anything.
/// </summary>
internal sealed class TokenCache : IDisposable
{
    private readonly TimeProvider _time;
    private readonly MemoryCache? _tokens;

    // Compares string references, not texts, and keeps an entry only as long as the connection keeps the string.
    private readonly ConditionalWeakTable<string, ValidatedToken> _headers = [];

    public TokenCache(IOptions<AccessOptions> options, TimeProvider time)
    {
        _time = time;
        // At its size limit the cache accepts no new entries. Further tokens are then validated each time.
        if (options.Value.Jwt.CachedTokens is > 0 and var size)
            _tokens = new MemoryCache(new MemoryCacheOptions { SizeLimit = size, Clock = new Clock(time) });
    }

    /// <summary>The cached result for a token, if its issuer and keys are still current and it has not expired.</summary>
    public async ValueTask<ValidatedToken?> FindAsync(string token, AccessModel model, CancellationToken cancellationToken)
    {
        return _tokens?.Get(KeyOf(token)) is ValidatedToken found && await IsInForceAsync(found, model, cancellationToken)
            ? found
            : null;
    }

    /// <summary>
    /// The same for an Authorization header, if it can be told at once. Kestrel reuses the string of a header for all requests of
    /// a connection.
    /// </summary>
    /// <param name="header">The header's value, as the request holds it.</param>
    /// <param name="readToken">Reads the token from the request; only called before this returns.</param>
    /// <param name="model">Who issues tokens at present.</param>
    /// <param name="cancellationToken">The request's.</param>
    public ValidatedToken? TryFind(
        string header, Func<string?> readToken, AccessModel model, CancellationToken cancellationToken)
    {
        if (_headers.TryGetValue(header, out var found))
        {
            // Not awaited when an issuer's keys are being fetched: after that the request may be over, its context serve another
            // one of the connection, and the header would be cached with the token of that one.
            var checking = IsInForceAsync(found, model, cancellationToken);
            if (!checking.IsCompletedSuccessfully)
                return null;
            if (checking.Result)
                return found;
        }

        // Not in this table yet, or the token was validated again since, for example with new keys.
        if (readToken() is not { } token)
            return null;
        var finding = FindAsync(token, model, cancellationToken);
        if (!finding.IsCompletedSuccessfully || finding.Result is not { } cached)
            return null;
        _headers.AddOrUpdate(header, cached);
        return cached;
    }

    public void Add(string token, ValidatedToken validated)
    {
        // A token that is valid only thanks to the clock skew is not cached: the cache must not extend its life.
        if (validated.Expires > _time.GetUtcNow())
        {
            var options = new MemoryCacheEntryOptions { Size = 1, AbsoluteExpiration = validated.Expires };
            _tokens?.Set(KeyOf(token), validated, options);
        }
    }

    public void Dispose() => _tokens?.Dispose();

    // Issuers and keys are compared by reference. Each load of the settings creates new issuers, so every change applies at once.
    private async ValueTask<bool> IsInForceAsync(ValidatedToken found, AccessModel model, CancellationToken cancellationToken) =>
        found.Expires > _time.GetUtcNow() && model.Find(found.Issuer.Name) == found.Issuer
        // Call GetAsync even though the token is known: it starts a fetch when the keys have reached their maximum age.
        && await found.Issuer.Keys.GetAsync(found.KeyId, cancellationToken) == found.Keys;

    // Not the token itself: a memory dump must not reveal usable tokens.
    private static string KeyOf(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(token.Length));
        SHA256.HashData(bytes.AsSpan(0, Encoding.UTF8.GetBytes(token, bytes)), hash);
        ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
        return Convert.ToBase64String(hash);
    }

    private sealed class Clock(TimeProvider time) : ISystemClock
    {
        public DateTimeOffset UtcNow => time.GetUtcNow();
    }
}
