using System.Text;
using McpGateway.Configuration;
using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Access.Keys;

/// <summary>
/// Makes the issuers of one reading of the settings. What was fetched from an issuer outlives a reload that does not
/// concern it: it may be down just then.
/// </summary>
internal sealed class KeySources(KeyDocuments documents, TimeProvider time, ILogger<KeySources> log) : IAsyncDisposable
{
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(10);

    private readonly Dictionary<Origin, FetchedKeys> _fetched = [];
    private readonly List<Task> _endings = [];

    /// <summary>Not to be called by two at once.</summary>
    public IReadOnlyList<TokenIssuer> For(JwtOptions options)
    {
        var issuers = options.Issuers.Select(issuer => new TokenIssuer(issuer, SourceOf(issuer, options))).ToList();
        foreach (var (origin, keys) in _fetched.Where(known => !issuers.Exists(issuer => issuer.Keys == known.Value)).ToArray())
        {
            _fetched.Remove(origin);
            _endings.Add(keys.DisposeAsync().AsTask());
        }

        _endings.RemoveAll(ending => ending.IsCompletedSuccessfully);
        return issuers;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var keys in _fetched.Values)
            await keys.DisposeAsync();
        await Task.WhenAll(_endings);
    }

    /// <summary>The keys that stand in the settings, or in a file that they name.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ArgumentException">It is no key set.</exception>
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
        _ = keys.Refresh(); // what is wrong shows in the log at the start, and the first caller need not wait
        return _fetched[origin] = keys;
    }

    private Func<KeySet?, CancellationToken, Task<KeySet>> FetchFrom(JwtIssuerOptions issuer) => issuer.JwksUrl is { } url
        ? (known, cancellationToken) => documents.FetchAsync(url, known, cancellationToken)
        : (known, cancellationToken) => documents.DiscoverAsync(issuer, known, cancellationToken);

    private sealed record Origin(string Issuer, string? Authority, string? JwksUrl, KeyTiming Timing);
}
