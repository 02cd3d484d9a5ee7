using McpGateway.Backends.Stdio.Sharing;

namespace McpGateway.Tests.Backends.Stdio.Sharing;

public sealed class OrderedStepsTests
{
    private readonly RecordingLogger _log = new();
    private readonly OrderedSteps _steps;

    public OrderedStepsTests() => _steps = new OrderedSteps(_log);

    [Fact]
    public async Task Run_SameKey_RunsOneAfterTheOther()
    {
        var gate = new TaskCompletionSource();
        List<int> order = [];
        var first = _steps.RunAsync("a", async () =>
        {
            await gate.Task;
            order.Add(1);
        });
        var second = _steps.RunAsync("a", () =>
        {
            order.Add(2);
            return Task.CompletedTask;
        });
        await _steps.RunAsync("b", () => Task.CompletedTask).Soon(); // another key does not wait
        Assert.Empty(order);
        gate.SetResult();
        await Task.WhenAll(first, second).Soon();
        Assert.Equal([1, 2], order);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_AStepFails_IsLoggedAndTheNextOneRuns(bool atOnce)
    {
        var gate = new TaskCompletionSource();
        var failure = new InvalidOperationException("no");
        var failing = _steps.RunAsync("a", async () =>
        {
            if (!atOnce)
                await gate.Task;
            throw failure;
        });
        var ran = false;
        var next = _steps.RunAsync("a", () =>
        {
            ran = true;
            return Task.CompletedTask;
        });
        gate.SetResult();
        await Task.WhenAll(failing, next).Soon();
        Assert.True(ran);
        var entry = Assert.Single(_log.Entries);
        Assert.Equal("SubscriptionFailed", entry.EventName);
        Assert.Same(failure, entry.Exception);
    }
}
