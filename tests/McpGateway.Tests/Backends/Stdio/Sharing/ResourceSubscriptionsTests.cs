using McpGateway.Backends.Stdio.Sharing;
using McpGateway.Sessions;
using McpGateway.Tests.Sessions;

namespace McpGateway.Tests.Backends.Stdio.Sharing;

public sealed class ResourceSubscriptionsTests
{
    private readonly ResourceSubscriptions _subscriptions = new();
    private readonly Session _first = TestSessions.Any();
    private readonly Session _second = TestSessions.Any();

    [Theory]
    [InlineData("file:///a", "file:///a", true)]
    [InlineData("file:///a", "file:///a/b/c", true)]
    [InlineData("file:///a/", "file:///a/b", true)]
    [InlineData("file:///a", "file:///a#part", true)]
    [InlineData("file:///a", "file:///a?x=1", true)]
    [InlineData("file:///a", "file:///ab", false)]
    [InlineData("file:///a/", "file:///a", false)]
    [InlineData("file:///a/b", "file:///a", false)]
    [InlineData("file:///A", "file:///a", false)]
    public void SubscribersOf_UriOrAParentOfIt(string subscribed, string updated, bool expected)
    {
        _subscriptions.TryAdd(subscribed, _first);
        Assert.Equal(expected, _subscriptions.SubscribersOf(updated).Contains(_first));
    }

    [Fact]
    public void SubscribersOf_TwoSubscriptionsThatBothHoldIt_GivesTheSessionOnce()
    {
        _subscriptions.TryAdd("a:/x", _first);
        _subscriptions.TryAdd("a:/x/y", _first);
        _subscriptions.TryAdd("a:/x", _second);
        Assert.Equal(2, _subscriptions.SubscribersOf("a:/x/y/z").Count);
    }

    [Fact]
    public void RemoveAll_GivesWhatNobodyElseWants()
    {
        _subscriptions.TryAdd("a", _first);
        _subscriptions.TryAdd("b", _first);
        _subscriptions.TryAdd("b", _second);
        Assert.Equal(2, _subscriptions.CountOf(_first));
        Assert.Equal(["a"], _subscriptions.RemoveAll(_first));
        Assert.False(_subscriptions.AnyFor("a"));
        Assert.Same(_second, Assert.Single(_subscriptions.SubscribersOf("b")));
        Assert.Equal(0, _subscriptions.CountOf(_first));
    }

    [Fact]
    public void Remove_LastOne_LeavesNobody()
    {
        _subscriptions.TryAdd("a", _first);
        _subscriptions.Remove("a", _second);
        Assert.True(_subscriptions.AnyFor("a"));
        _subscriptions.Remove("a", _first);
        Assert.False(_subscriptions.AnyFor("a"));
    }

    [Fact]
    public async Task TryAdd_AfterTheSessionHasEnded_IsRefused()
    {
        Assert.False(_subscriptions.TryAdd("a", await TestSessions.EndedAsync()));
        Assert.False(_subscriptions.AnyFor("a"));
    }
}
