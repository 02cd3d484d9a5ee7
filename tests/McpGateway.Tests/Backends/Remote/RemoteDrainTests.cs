using McpGateway.Backends.Remote;
using McpGateway.Configuration;
using McpGateway.Drain;
using Microsoft.Extensions.Options;

namespace McpGateway.Tests.Backends.Remote;

public sealed class RemoteDrainTests
{
    [Fact]
    public async Task Drain_AfterItsTimeout_EndsWhatIsLeft()
    {
        var time = new ManualTimeProvider();
        using var drain = new RemoteDrain(Options.Create(new DrainOptions { Timeout = TimeSpan.FromSeconds(20) }), time);

        await drain.DrainAsync(DrainStage.StopRequests, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(19));
        Assert.True(drain.Begun.IsCancellationRequested);
        Assert.False(drain.Over.IsCancellationRequested);

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(drain.Over.IsCancellationRequested);
    }

    [Fact]
    public async Task Drain_WhoseTimeoutFiresDuringTheDisposal_DoesNotThrow()
    {
        var time = new LateTimers();
        using (var drain = new RemoteDrain(Options.Create(new DrainOptions()), time))
            await drain.DrainAsync(DrainStage.StopRequests, TestContext.Current.CancellationToken);

        Assert.NotEmpty(time.Callbacks);
        Assert.All(time.Callbacks, fire => fire());
    }

    /// <summary>Timers that fire although they were disposed of, as one may whose callback has just been queued.</summary>
    private sealed class LateTimers : TimeProvider
    {
        public List<Action> Callbacks { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Callbacks.Add(() => callback(state));
            return new Handle();
        }

        private sealed class Handle : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
