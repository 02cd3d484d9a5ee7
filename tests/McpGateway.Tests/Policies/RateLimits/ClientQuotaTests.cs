using System.Text.Json.Nodes;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Policies.RateLimits;
using McpGateway.Tests.Backends.Stdio;
using Microsoft.Extensions.Options;

namespace McpGateway.Tests.Policies.RateLimits;

public sealed class ClientQuotaTests
{
    private readonly AccessOptions _access = new();
    private readonly ManualTimeProvider _time = new();
    private readonly Lazy<ClientLimits> _limits;
    private ServerConfig _server = ServersFixture.Config();

    public ClientQuotaTests() => _limits = new(() => new ClientLimits(Options.Create(_access), _time));

    [Fact]
    public void Limits_None_HoldForNoServer() => Assert.False(_limits.Value.HoldFor(_server));

    [Fact]
    public void ChargeMessages_OfOneUser_TakesNothingFromAnother()
    {
        Limit(new() { PermitsPerMinute = 3 });
        Assert.True(Of("alice").ChargeMessages(3)!.Value.IsTaken);
        Assert.False(Of("alice").ChargeMessages(1)!.Value.IsTaken);
        Assert.True(Of("bob").ChargeMessages(3)!.Value.IsTaken);
        Assert.Null(Of("alice").ChargeOpening());
    }

    [Fact]
    public void ChargeMessages_OfAllServersTogether_IsLimitedToo()
    {
        _access.RateLimit.PermitsPerMinute = 5;
        Limit(new() { PermitsPerMinute = 3 });
        Assert.Equal(1, Of("alice").ChargeMessages(2)!.Value.Remaining); // the tighter one
        _server = _server with { Name = "two", RateLimit = RateLimitConfig.None };
        Assert.True(_limits.Value.HoldFor(_server));
        Assert.Equal(0, Of("alice").ChargeMessages(3)!.Value.Remaining);
        _server = _server with { Name = "one", RateLimit = new() { PermitsPerMinute = 3 } };
        Assert.Equal((false, 5), (Of("alice").ChargeMessages(1)!.Value is var refused && refused.IsTaken, refused.Limit));
    }

    [Fact]
    public void ChargeOpening_IsCountedByItself()
    {
        Limit(new() { PermitsPerMinute = 1, OpeningsPerMinute = 2 });
        Assert.True(Of("alice").ChargeOpening()!.Value.IsTaken);
        Assert.True(Of("alice").ChargeOpening()!.Value.IsTaken);
        Assert.False(Of("alice").ChargeOpening()!.Value.IsTaken);
        Assert.True(Of("alice").ChargeMessages(1)!.Value.IsTaken);
    }

    [Fact]
    public async Task TryAcquire_BeyondTheLimit_WaitsForAPermitAndBeyondTheQueueIsRefused()
    {
        Limit(new() { Concurrency = 1, Queue = 2 });
        var first = Admit();
        var second = Admit();
        var third = Admit();
        Assert.False(Of("alice").TryAcquire(out _));
        Assert.True(first.Outcome.IsCompleted);
        Assert.False(second.Outcome.IsCompleted);

        first.Dispose();
        first.Dispose(); // gives back once
        Assert.Equal(PermitOutcome.Admitted, await second.Outcome.Soon());
        Assert.False(third.Outcome.IsCompleted);
        second.Dispose();
        Assert.Equal(PermitOutcome.Admitted, await third.Outcome.Soon());
    }

    [Fact]
    public async Task Dispose_WhileItWaits_LeavesTheQueueAndTakesNoPermit()
    {
        Limit(new() { Concurrency = 1, Queue = 1 });
        var first = Admit();
        var leaving = Admit();
        leaving.Dispose();
        Assert.Equal(PermitOutcome.Left, await leaving.Outcome.Soon());
        var next = Admit();
        first.Dispose();
        Assert.Equal(PermitOutcome.Admitted, await next.Outcome.Soon());
    }

    [Fact]
    public async Task TryAcquire_WithBothLimits_HoldsAPermitOfEach()
    {
        _access.RateLimit.Concurrency = 1;
        _access.RateLimit.Queue = 1;
        Limit(new() { Concurrency = 2, Queue = 0 });
        var first = Admit();
        var second = Admit();
        Assert.False(second.Outcome.IsCompleted); // waits for the limit of all
        Assert.False(Of("alice").TryAcquire(out _)); // the server's own is taken by the one that waits
        first.Dispose();
        Assert.Equal(PermitOutcome.Admitted, await second.Outcome.Soon());
        Assert.True(Of("alice").TryAcquire(out var third));
        third!.Dispose();
    }

    [Fact]
    public void TryAcquire_AfterTheLimitWasChanged_HasTheNewOne()
    {
        Limit(new() { Concurrency = 1, Queue = 0 });
        using var first = Admit();
        Assert.False(Of("alice").TryAcquire(out _));
        Limit(new() { Concurrency = 2, Queue = 0 });
        using var second = Admit();
        using var third = Admit();
        Assert.False(Of("alice").TryAcquire(out _));
    }

    [Fact]
    public void TryAcquire_LongAgo_IsStillCounted()
    {
        Limit(new() { Concurrency = 1, Queue = 0 });
        using var first = Admit();
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(2));
            Of("bob");
        }

        Assert.False(Of("alice").TryAcquire(out _));
    }

    [Fact]
    public async Task TryAcquire_OfManyAtOnce_NeverExceedsTheLimit()
    {
        Limit(new() { Concurrency = 3, Queue = 1000 });
        var (now, most, done) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                using var permit = Admit();
                Assert.Equal(PermitOutcome.Admitted, await permit.Outcome);
                var seen = Interlocked.Increment(ref now);
                for (var known = Volatile.Read(ref most); seen > known; known = Volatile.Read(ref most))
                    Interlocked.CompareExchange(ref most, seen, known);
                await Task.Yield();
                Interlocked.Decrement(ref now);
                Interlocked.Increment(ref done);
            }
        }))).Soon();
        Assert.Equal((1000, 0), (done, now));
        Assert.InRange(most, 1, 3);
    }

    [Theory]
    [InlineData("ping", false)]
    [InlineData("tools/list", true)]
    [InlineData("notifications/message", false)]
    public void Messages_NeedAPermit_WhenARequestOtherThanAPingIsAmongThem(string method, bool isRefused)
    {
        Limit(new() { Concurrency = 1, Queue = 0 });
        using var busy = Admit();
        using var ping = JsonRpcMessage.CreateRequest("ping", []);
        using var message = method.StartsWith("notifications/", StringComparison.Ordinal)
            ? JsonRpcMessage.Create(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = method })
            : JsonRpcMessage.CreateRequest(method, []);
        Assert.Equal(
            isRefused ? Refusal.TooManyAtATime : null,
                ConcurrencyPermit.TryAcquire(Of("alice"), [ping, message], out var permit));
        Assert.Null(permit);
        Assert.Null(ConcurrencyPermit.TryAcquire(null, [message], out _));
    }

    private void Limit(RateLimitConfig limits) => _server = _server with { RateLimit = limits };

    private ClientQuota Of(string user) => _limits.Value.Of(_server, "issuer", user);

    private ConcurrencyPermit Admit()
    {
        Assert.True(Of("alice").TryAcquire(out var permit));
        return permit!;
    }
}
