using McpGateway.Policies.RateLimits;

namespace McpGateway.Tests.Policies.RateLimits;

public sealed class TokenBucketTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly TokenBucket _bucket;

    public TokenBucketTests() => _bucket = new TokenBucket(_time);

    [Fact]
    public void Take_AWholeMinutesAtOnce_AndNotOneMore()
    {
        for (var i = 0; i < 60; i++)
            Assert.Equal((true, 59 - i), (_bucket.Take(1, 60) is var taken && taken.IsTaken, taken.Remaining));
        Assert.False(_bucket.Take(1, 60).IsTaken);
    }

    [Fact]
    public void Take_AfterTheWait_GetsWhatItWaitedFor()
    {
        _bucket.Take(60, 60);
        var refused = _bucket.Take(7, 60);
        Assert.Equal((false, TimeSpan.FromSeconds(7), TimeSpan.FromMinutes(1)), (refused.IsTaken, refused.Wait, refused.Reset));
        _time.Advance(refused.Wait - TimeSpan.FromMilliseconds(1));
        Assert.False(_bucket.Take(7, 60).IsTaken);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(_bucket.Take(7, 60).IsTaken);
        Assert.False(_bucket.Take(1, 60).IsTaken);
    }

    [Fact]
    public void Take_MoreThanThereIs_TakesNothing()
    {
        _bucket.Take(58, 60);
        Assert.False(_bucket.Take(3, 60).IsTaken);
        Assert.True(_bucket.Take(2, 60).IsTaken);
    }

    [Fact]
    public void Take_MoreThanAMinuteBrings_NeverSucceedsAndWaitsUntilAllIsBack()
    {
        _bucket.Take(1, 2);
        Assert.Equal(TimeSpan.FromSeconds(30), _bucket.Take(3, 2).Wait);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(_bucket.Take(3, 2).IsTaken);
    }

    [Fact]
    public void Take_OtherLimit_HoldsAtOnceAndGivesNothingBack()
    {
        _bucket.Take(10, 10);
        Assert.True(_bucket.Take(10, 20).IsTaken);
        Assert.False(_bucket.Take(1, 20).IsTaken);
        Assert.False(_bucket.Take(1, 5).IsTaken);
    }

    [Fact]
    public void Take_AfterALongTime_HasNoMoreThanAMinutes()
    {
        _bucket.Take(10, 10);
        _time.Advance(TimeSpan.FromDays(30));
        Assert.True(_bucket.Take(10, 10).IsTaken);
        Assert.False(_bucket.Take(1, 10).IsTaken);
    }
}
