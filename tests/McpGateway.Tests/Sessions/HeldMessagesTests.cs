using McpGateway.JsonRpc;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Sessions;

public sealed class HeldMessagesTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly QueueBudget _budget = new(long.MaxValue);

    [Fact]
    public void TryHold_Bytes_AreBoundedAndCountedInTheBudget()
    {
        var held = new HeldMessages(_time, _budget);
        var large = (int)QueueLimits.Default.Bytes;
        Assert.True(held.TryHold(Json.Notification(new string('x', large))));
        using var more = Json.Notification("x");
        Assert.False(held.TryHold(more));
        Assert.True(_budget.Queued > large);
        Assert.True(held.TryTake(out var first));
        first.Dispose();
        Assert.Equal(0, _budget.Queued);
        Assert.True(held.TryHold(more));
    }

    [Fact]
    public void Close_DisposesOfWhatWaitsAndTakesNoMore()
    {
        var held = new HeldMessages(_time, _budget);
        var message = Json.Notification("x");
        Assert.True(held.TryHold(message));
        held.Close();
        Assert.Throws<ObjectDisposedException>(() => message.Utf8.Length);
        using var late = Json.Notification("x");
        Assert.False(held.TryHold(late));
        Assert.Equal(0, _budget.Queued);
    }

    [Fact]
    public void TryHold_TheThirtyThird_IsFull()
    {
        var held = new HeldMessages(_time, _budget);
        for (var i = 0; i < 32; i++)
            Assert.True(held.TryHold(Json.Request(i)));
        using var more = Json.Request(99);
        Assert.False(held.TryHold(more));
        Assert.True(held.TryTake(out var oldest));
        Assert.Equal((JsonRpcId)0, oldest.Envelope.Id);
        Assert.True(held.TryHold(more));
    }

    [Fact]
    public void TryTakeExpired_AfterThirtySeconds_GivesThoseOnly()
    {
        var held = new HeldMessages(_time, _budget);
        held.TryHold(Json.Request(1));
        _time.Advance(TimeSpan.FromSeconds(20));
        held.TryHold(Json.Request(2));
        Assert.False(held.TryTakeExpired(_time.Advance(TimeSpan.FromSeconds(9)), out _));
        Assert.True(held.TryTakeExpired(_time.Advance(TimeSpan.FromSeconds(1)), out var expired));
        Assert.Equal((JsonRpcId)1, expired.Envelope.Id);
        Assert.False(held.TryTakeExpired(_time.GetTimestamp(), out _));
        Assert.True(held.TryTakeExpired(_time.Advance(TimeSpan.FromSeconds(20)), out _));
    }
}
