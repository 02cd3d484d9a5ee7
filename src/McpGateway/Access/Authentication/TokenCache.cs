using System.Buffers;
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
        if (_tokens?.Get(KeyOf(token)) is not ValidatedToken found
            || found.Expires <= _time.GetUtcNow() || model.Find(found.Issuer.Name) != found.Issuer)
            return null;
        // Asked even so, for keys that have become old are then fetched again.
        return await found.Issuer.Keys.GetAsync(found.KeyId, cancellationToken) == found.Keys ? found : null;
    }

    public void Add(string token, ValidatedToken validated)
    {
        // Within the clock's skew it was good, but it is not to be good for longer on that account.
        if (validated.Expires > _time.GetUtcNow())
            _tokens?.Set(KeyOf(token), validated, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpiration = validated.Expires });
    }

    public void Dispose() => _tokens?.Dispose();

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
