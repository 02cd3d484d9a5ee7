using McpGateway.Backends.Stdio.Supervision;

namespace McpGateway.Tests.Backends.Stdio;

public sealed class ProcessSlotTests
{
    [Fact]
    public void TryReserve_AtTheMaximum_IsNullUntilOneIsReleased()
    {
        var server = new StdioServerState(ServersFixture.Config() with { MaxProcesses = 2 });
        Assert.NotNull(server.TryReserveSlot());
        var second = server.TryReserveSlot();
        Assert.Null(server.TryReserveSlot());
        Assert.Null(server.TryReserveSlot());
        Assert.Equal(2, server.Processes);
        second!.Dispose();
        Assert.NotNull(server.TryReserveSlot());
    }

    [Fact]
    public void Dispose_Twice_ReleasesOnce()
    {
        var server = new StdioServerState(ServersFixture.Config() with { MaxProcesses = 2 });
        server.TryReserveSlot();
        var second = server.TryReserveSlot()!;
        second.Dispose();
        second.Dispose();
        Assert.Equal(1, server.Processes);
    }

    [Fact]
    public void TakeOver_AtTheMaximum_IsOneMoreUntilTheOldOneIsReleased()
    {
        var server = new StdioServerState(ServersFixture.Config() with { MaxProcesses = 1 });
        var old = server.TryReserveSlot()!;
        var gone = new TaskCompletionSource();
        var slot = server.TakeOverSlot(gone.Task);
        Assert.Equal(2, server.Processes);
        Assert.False(slot.Vacated.IsCompleted);
        old.Dispose();
        gone.SetResult();
        Assert.True(slot.Vacated.IsCompleted);
        Assert.Equal(1, server.Processes);
    }

    [Fact]
    public async Task TryReserve_ByMany_GivesOutNoMoreThanThereAre()
    {
        var server = new StdioServerState(ServersFixture.Config() with { MaxProcesses = 3 });
        var held = 0;
        var most = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                using var slot = server.TryReserveSlot();
                if (slot is null)
                    continue;
                InterlockedMax(ref most, Interlocked.Increment(ref held));
                Interlocked.Decrement(ref held);
            }
        }))).Soon();
        Assert.InRange(most, 1, 3);
        Assert.Equal(0, server.Processes);
        Assert.NotNull(server.TryReserveSlot());
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen; value > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, value, seen) != seen;)
        {
        }
    }
}
