using System.Text;
using McpGateway.Configuration;
using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Access.Keys;

/// <summary>
/// Creates the issuers for one load of the settings. Fetched keys survive a reload that does not change their issuer, because the
/// issuer may be unreachable at that time.
/// </summary>
internal sealed class KeySources(KeyDocuments documents, TimeProvider time, ILogger<KeySources> log) : IAsyncDisposable
{
    // Requests with an unknown key id wait for a fetch, at most this long.
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(10);

    private readonly Dictionary<Origin, FetchedKeys> _fetched = [];
    private readonly List<Task> _disposals = [];

    /// <summary>Not thread-safe.</summary>
    public IReadOnlyList<TokenIssuer> For(JwtOptions options)
    {
        var issuers = options.Issuers.Select(issuer => new TokenIssuer(issuer, SourceOf(issuer, options))).ToList();
        foreach (var (origin, keys) in _fetched.Where(known => !issuers.Exists(issuer => issuer.Keys == known.Value)).ToArray())
        {
            _fetched.Remove(origin);
            _disposals.Add(keys.DisposeAsync().AsTask()); // not awaited here: a reload must not wait for a fetch to end
        }

        _disposals.RemoveAll(disposal => disposal.IsCompletedSuccessfully);
        return issuers;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var keys in _fetched.Values)
            await keys.DisposeAsync();
        await Task.WhenAll(_disposals);
    }

    /// <summary>The keys in the settings, or in a file that the settings refer to.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ArgumentException">The file is not a key set.</exception>
    public static KeySet Fixed(JwtIssuerOptions issuer)
    {
        if (issuer.SharedSecret is { } secret)
            return new([new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret))]);
        return issuer.JwksFile is { } file
            ? KeyDocuments.Parse(File.ReadAllText(file))
            : new(issuer.PublicKeys.Select(PublicKeys.Parse).OfType<SecurityKey>());
    }

    private IKeySource SourceOf(JwtIssuerOptions issuer, JwtOptions options)
    {
        if (issuer is { Authority: null, JwksUrl: null })
            return new FixedKeys(Fixed(issuer));
        var timing = new KeyTiming(options.KeyLifetime, options.KeyFetchInterval, FetchTimeout);
        var origin = new Origin(issuer.Issuer, issuer.Authority, issuer.JwksUrl, timing);
        if (_fetched.TryGetValue(origin, out var known))
            return known;
        var keys = new FetchedKeys(issuer.Issuer, FetchFrom(issuer), timing, time, log);
        _ = keys.Refresh(); // at start-up: problems appear in the log early, and the first caller does not have to wait
        return _fetched[origin] = keys;
    }

    private Func<KeySet?, CancellationToken, Task<KeySet>> FetchFrom(JwtIssuerOptions issuer) => issuer.JwksUrl is { } url
        ? (known, cancellationToken) => documents.FetchAsync(url, known, cancellationToken)
        : (known, cancellationToken) => documents.DiscoverAsync(issuer, known, cancellationToken);

    private sealed record Origin(string Issuer, string? Authority, string? JwksUrl, KeyTiming Timing);
}
