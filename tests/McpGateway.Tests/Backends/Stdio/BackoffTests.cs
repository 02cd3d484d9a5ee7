using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Sessions;

namespace McpGateway.Tests.Backends.Stdio;

public sealed class BackoffTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Backoff _backoff;

    public BackoffTests() => _backoff = new Backoff(_time);

    [Fact]
    public void Failed_TheFirstTime_MayBeTriedAtOnce()
    {
        Assert.Equal(TimeSpan.Zero, _backoff.RetryAfter);
        Assert.Equal(TimeSpan.Zero, _backoff.Failed("x"));
        Assert.Equal(TimeSpan.Zero, _backoff.RetryAfter);
        Assert.Equal((1, "x"), (_backoff.Failures, _backoff.LastFailure));
    }

    [Fact]
    public void Failed_AgainAndAgain_WaitsTwiceAsLongUpToAMinute()
    {
        _backoff.Failed("x");
        foreach (var expected in new[] { 1, 2, 4, 8, 16, 32, 60, 60 })
        {
            var wait = _backoff.Failed("x");
            Assert.InRange(wait.TotalSeconds, expected * 0.75, expected * 1.25);
            Assert.Equal(wait, _backoff.RetryAfter);
            _time.Advance(wait);
            Assert.Equal(TimeSpan.Zero, _backoff.RetryAfter);
        }
    }

    [Fact]
    public void Failed_WhileItWaits_CountsAsOne()
    {
        _backoff.Failed("a");
        var wait = _backoff.Failed("b");
        var half = TimeSpan.FromMilliseconds(500);
        _time.Advance(half);
        Assert.Equal(wait - half, _backoff.Failed("c"));
        Assert.Equal((2, "c"), (_backoff.Failures, _backoff.LastFailure));
    }

    [Fact]
    public void Succeeded_BeginsAnew()
    {
        _backoff.Failed("x");
        _backoff.Failed("x");
        _backoff.Succeeded();
        Assert.Equal((0, null), (_backoff.Failures, _backoff.LastFailure));
        Assert.Equal(TimeSpan.Zero, _backoff.RetryAfter);
        Assert.Equal(TimeSpan.Zero, _backoff.Failed("x"));
    }

    [Fact]
    public void Failed_ManyInTheSameMoment_DoNotAllComeBackInOne()
    {
        var waits = Enumerable.Range(0, 20).Select(_ =>
        {
            var backoff = new Backoff(_time);
            backoff.Failed("x");
            return backoff.Failed("x");
        });
        Assert.True(waits.Distinct().Count() > 10);
    }
}
