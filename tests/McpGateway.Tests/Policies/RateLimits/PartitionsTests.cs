using McpGateway.Policies.RateLimits;

namespace McpGateway.Tests.Policies.RateLimits;

public sealed class PartitionsTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly HashSet<Kept> _inUse = [];
    private readonly Partitions<int, Kept> _partitions;

    public PartitionsTests() => _partitions = new(10, _time, () => new Kept(), _inUse.Contains);

    [Fact]
    public void Get_Again_IsTheSame()
    {
        var first = _partitions.Get(1);
        Assert.Same(first, _partitions.Get(1));
        Assert.NotSame(first, _partitions.Get(2));
        for (var key = 3; key < 10; key++)
            _partitions.Get(key);
        Assert.Same(first, _partitions.Get(1)); // nobody is forgotten while there is room
    }

    [Fact]
    public void Get_OfManyMoreThanThereIsRoomFor_StaysBounded()
    {
        for (var key = 0; key < 1000; key++)
            _partitions.Get(key);
        Assert.InRange(_partitions.Count, 1, 20);
    }

    [Fact]
    public void Get_BeforeAMinuteHasPassed_IsTheSame()
    {
        var kept = _partitions.Get(1);
        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(55));
            Assert.Same(kept, _partitions.Get(1));
        }
    }

    [Fact]
    public void Get_AfterTwoMinutes_HasForgotten()
    {
        var kept = _partitions.Get(1);
        _time.Advance(TimeSpan.FromMinutes(1));
        _partitions.Get(2);
        _time.Advance(TimeSpan.FromMinutes(1));
        _partitions.Get(2);
        Assert.Equal(1, _partitions.Count);
        Assert.NotSame(kept, _partitions.Get(1));
    }

    [Fact]
    public void Get_WhatIsInUse_IsKeptHoweverOldAndWhoeverComes()
    {
        var kept = _partitions.Get(-1);
        _inUse.Add(kept);
        for (var key = 0; key < 100; key++)
        {
            _time.Advance(TimeSpan.FromSeconds(30));
            _partitions.Get(key);
        }

        Assert.Same(kept, _partitions.Get(-1));
    }

    private sealed class Kept;
}
