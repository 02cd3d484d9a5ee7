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
/// Validated tokens by their SHA-256, so that a token's signature is checked once and not with each message. Only what
/// was found good is remembered: nobody can fill it with guesses. An entry holds as long as all that it rests on is in
/// force, which is asked with each use, so that a rotation or a reload has nothing to clear.
/// </summary>
internal sealed class TokenCache : IDisposable
{
    private readonly TimeProvider _time;
    private readonly MemoryCache? _tokens;

    // By the string itself and not by its text, and no longer than its connection has it.
    private readonly ConditionalWeakTable<string, ValidatedToken> _headers = [];

    public TokenCache(IOptions<AccessOptions> options, TimeProvider time)
    {
        _time = time;
        // Beyond its size it takes no more, and a token is validated each time.
        if (options.Value.Jwt.CachedTokens is > 0 and var size)
            _tokens = new MemoryCache(new MemoryCacheOptions { SizeLimit = size, Clock = new Clock(time) });
    }

    /// <summary>What is remembered of a token, if its settings and keys are still in force and it has not expired.</summary>
    public async ValueTask<ValidatedToken?> FindAsync(string token, AccessModel model, CancellationToken cancellationToken)
    {
        return _tokens?.Get(KeyOf(token)) is ValidatedToken found && await IsInForceAsync(found, model, cancellationToken)
            ? found
            : null;
    }

    /// <summary>
    /// The same for a whole Authorization header. Kestrel uses the same string for all requests of a connection.
    /// </summary>
    public async ValueTask<ValidatedToken?> FindAsync(
        string header, Func<string?> readToken, AccessModel model, CancellationToken cancellationToken)
    {
        if (_headers.TryGetValue(header, out var found) && await IsInForceAsync(found, model, cancellationToken))
            return found;
        // Not known yet, or validated anew since: by other keys, perhaps.
        found = readToken() is { } token ? await FindAsync(token, model, cancellationToken) : null;
        if (found is not null)
            _headers.AddOrUpdate(header, found);
        return found;
    }

    public void Add(string token, ValidatedToken validated)
    {
        // Within the clock's skew it was good, but it is not to be good for longer on that account.
        if (validated.Expires > _time.GetUtcNow())
        {
            _tokens?.Set(
                KeyOf(token), validated, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpiration = validated.Expires });
        }
    }

    public void Dispose() => _tokens?.Dispose();

    private async ValueTask<bool> IsInForceAsync(ValidatedToken found, AccessModel model, CancellationToken cancellationToken) =>
        found.Expires > _time.GetUtcNow() && model.Find(found.Issuer.Name) == found.Issuer
        // Asked even so, for keys that have become old are then fetched again.
        && await found.Issuer.Keys.GetAsync(found.KeyId, cancellationToken) == found.Keys;

    // Not the token itself: a dump of the memory must not be a list of keys to every server.
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
