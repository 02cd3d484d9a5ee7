using McpGateway.Configuration;
using McpGateway.Policies.RateLimits;

namespace McpGateway.Tests.Policies.RateLimits;

/// <summary>What is in use is not forgotten, and what is no longer in use is.</summary>
public sealed class ClientUseTests
{
    private readonly ClientUse _ofServer = new(TimeProvider.System);
    private readonly ClientUse _ofAll = new(TimeProvider.System);

    [Fact]
    public void Request_Begun_IsInUseUntilItsPermitIsDisposedOf()
    {
        Assert.False(_ofServer.HasRequests);
        Assert.True(Quota().TryAcquire(out var permit));
        Assert.True(_ofServer.HasRequests && _ofAll.HasRequests);

        permit!.Dispose();
        permit.Dispose();

        Assert.False(_ofServer.HasRequests || _ofAll.HasRequests);
    }

    [Fact]
    public void Request_ThatTheSecondLimitRefuses_IsNotInUse()
    {
        Assert.True(Quota().TryAcquire(out var permit));
        Assert.False(Quota().TryAcquire(out _));

        permit!.Dispose();

        Assert.False(_ofServer.HasRequests || _ofAll.HasRequests);
        Assert.True(Quota().TryAcquire(out permit));
        permit!.Dispose();
    }

    private ClientQuota Quota() => new(
        new ClientShare(_ofServer, new RateLimitConfig { Concurrency = 2, Queue = 0 }),
        new ClientShare(_ofAll, new RateLimitConfig { Concurrency = 1, Queue = 0 }));
}
