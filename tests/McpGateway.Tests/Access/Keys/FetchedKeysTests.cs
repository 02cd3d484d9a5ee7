using System.Security.Cryptography;
using McpGateway.Access.Keys;
using McpGateway.Cli.DemoServer;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Tests.Access.Keys;

public sealed class FetchedKeysTests : IAsyncDisposable
{
    private static readonly KeyTiming Timing = new(TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1));

    private readonly ManualTimeProvider _time = new();
    private readonly FetchedKeys _keys;
    private Func<Task<KeySet>> _answer = () => Task.FromResult(Set("one"));
    private int _fetches;

    public FetchedKeysTests() => _keys = new FetchedKeys("issuer", FetchAsync, Timing, _time, NullLogger.Instance);

    public ValueTask DisposeAsync() => _keys.DisposeAsync();

    [Fact]
    public async Task Get_KnownKey_IsFetchedOnce()
    {
        for (var call = 0; call < 5; call++)
            Assert.True((await GetAsync("one"))!.Has("one"));
        Assert.Equal(1, _fetches);
    }

    [Fact]
    public async Task Get_UnknownKeys_FetchOnceAnInterval()
    {
        await GetAsync("one");
        for (var call = 0; call < 100; call++)
            Assert.False((await GetAsync($"made-up-{call}"))!.Has($"made-up-{call}"));
        Assert.Equal(1, _fetches);
        _time.Advance(Timing.Interval);
        for (var call = 0; call < 100; call++)
            await GetAsync($"made-up-{call}");
        Assert.Equal(2, _fetches);
    }

    [Fact]
    public async Task Get_RotatedKey_IsFoundByTheFirstWhoAsks()
    {
        var before = await GetAsync("one");
        _answer = () => Task.FromResult(Set("two"));
        _time.Advance(Timing.Interval);
        var after = await GetAsync("two");
        Assert.True(after!.Has("two"));
        Assert.False(after.Has("one"));
        Assert.NotSame(before, after);
    }

    [Fact]
    public async Task Get_OldKeys_AreFetchedAgainBehindTheCaller()
    {
        var before = await GetAsync("one");
        var hung = new TaskCompletionSource<KeySet>();
        _answer = () => hung.Task;
        _time.Advance(Timing.Lifetime);
        Assert.Same(before, await GetAsync("one")); // at once, though the issuer hangs
        hung.SetResult(Set("two"));
        await Waiting.UntilAsync(() => _keys.Current!.Has("two"));
        Assert.Equal(2, _fetches);
    }

    [Fact]
    public async Task Get_IssuerDown_KnownKeysStayInForce()
    {
        var before = await GetAsync("one");
        _answer = () => throw new HttpRequestException("down");
        _time.Advance(Timing.Lifetime);
        Assert.Same(before, await GetAsync("one"));
        Assert.Same(before, await GetAsync("two"));
        Assert.Same(before, await GetAsync("one"));
    }

    [Fact]
    public async Task Get_IssuerDownFromTheStart_IsNullAndNotHammered()
    {
        _answer = () => throw new HttpRequestException("down");
        for (var call = 0; call < 10; call++)
            Assert.Null(await GetAsync("one"));
        Assert.Equal(1, _fetches);
        _answer = () => Task.FromResult(Set("one"));
        _time.Advance(Timing.Interval);
        Assert.NotNull(await GetAsync("one"));
    }

    [Fact]
    public async Task Get_ManyAtOnce_WaitForOneFetch()
    {
        var hung = new TaskCompletionSource<KeySet>();
        _answer = () => hung.Task;
        var all = Enumerable.Range(0, 20).Select(_ => _keys.GetAsync("one", TestContext.Current.CancellationToken).AsTask())
            .ToArray();
        Assert.All(all, one => Assert.False(one.IsCompleted));
        hung.SetResult(Set("one"));
        Assert.All(await Task.WhenAll(all).Soon(), set => Assert.True(set!.Has("one")));
        Assert.Equal(1, _fetches);
    }

    [Fact]
    public async Task Get_CallerWhoLeaves_LeavesTheFetchToOthers()
    {
        var hung = new TaskCompletionSource<KeySet>();
        _answer = () => hung.Task;
        using var leaves = new CancellationTokenSource();
        var one = _keys.GetAsync("one", leaves.Token).AsTask();
        var other = _keys.GetAsync("one", TestContext.Current.CancellationToken).AsTask();
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one.Soon());
        hung.SetResult(Set("one"));
        Assert.NotNull(await other.Soon());
    }

    [Fact]
    public async Task Dispose_FetchUnderWay_EndsIt()
    {
        var waiting = _keys.GetAsync("one", TestContext.Current.CancellationToken);
        _answer = () => Task.FromResult(Set("one"));
        await _keys.DisposeAsync().Soon();
        await waiting.Soon();
        Assert.True(_fetches <= 1);
    }

    [Fact]
    public void Find_KeyIds_NameTheirKeyOrNamelessOnes()
    {
        var set = new KeySet([Key("one"), Key("two"), Key(null)]);
        Assert.Equal(["one", null], set.Find("one").Select(key => key.KeyId));
        Assert.Equal([null], set.Find("three").Select(key => key.KeyId));
        Assert.Equal(3, set.Find(null).Count());
        Assert.Equal(3, set.Find("").Count()); // what the library makes of a token without one
        Assert.False(Set("one").Has("two"));
        Assert.False(new KeySet([]).Has(null));
    }

    private static KeySet Set(params string[] ids) => new(ids.Select(Key));

    private static ECDsaSecurityKey Key(string? id) => new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = id };

    private Task<KeySet?> GetAsync(string? id) => _keys.GetAsync(id, TestContext.Current.CancellationToken).Soon();

    private Task<KeySet> FetchAsync(KeySet? known, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _fetches);
        return _answer().WaitAsync(cancellationToken);
    }
}
