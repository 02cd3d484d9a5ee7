using System.Collections.Concurrent;
using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>
/// Children that are started before anybody needs them (<c>warm</c>), so that a session need not wait for its program to load.
/// They have not received anything, so any session can use one.
/// </summary>
internal sealed partial class WarmChildren(ChildStarter starter, StartGate gate, ILogger<WarmChildren> log)
{
    private readonly ConcurrentDictionary<StdioServerState, WarmStock> _stocks = new();
    private volatile bool _closed;

    /// <summary>The number of those that are ready.</summary>
    public int CountOf(StdioServerState server) => _stocks.TryGetValue(server, out var stock) ? stock.Count : 0;

    /// <summary>Takes one. The caller owns it and its process slot from here on.</summary>
    /// <returns>Null when none is ready.</returns>
    public WarmChild? TryTake(StdioServerState server) => _stocks.TryGetValue(server, out var stock) ? stock.TryTake() : null;

    /// <summary>Stops one, so that another child can have its process slot.</summary>
    /// <returns>Completes when it is gone; null when there is none.</returns>
    public Task? TryStopOne(StdioServerState server) => TryTake(server) is { } child ? StopAsync(server, child) : null;

    /// <summary>The monitor's visit: starts missing children, and stops those that no session will take any more.</summary>
    /// <param name="servers">Those in force.</param>
    public void Visit(IEnumerable<ServerState> servers)
    {
        foreach (var server in servers.OfType<StdioServerState>().Where(server => server.Config.Warm > 0))
            _stocks.TryAdd(server, new WarmStock());
        foreach (var (server, stock) in _stocks)
        {
            var wanted = _closed || server.IsRetired ? 0 : server.Config.Warm;
            while (stock.TakeSurplus(wanted) is { } child)
                _ = StopAsync(server, child);
            while (server.StartBackoff.RetryAfter == TimeSpan.Zero && stock.TryBeginStart(wanted))
                _ = AddAsync(server, stock);
            if (server.IsRetired && stock.IsEmpty)
                _stocks.TryRemove(server, out _);
        }
    }

    /// <summary>Stops them all, and starts no more.</summary>
    public async Task StopAllAsync()
    {
        _closed = true;
        await Task.WhenAll(_stocks.SelectMany(entry => entry.Value.TakeAll().Select(child => StopAsync(entry.Key, child))));
    }

    // Nobody awaits it, so it must not throw.
    private async Task AddAsync(StdioServerState server, WarmStock stock)
    {
        var child = await TryStartAsync(server);
        stock.EndStart(child);
        if (child is null)
            return;
        if (_closed || server.IsRetired)
            Visit([]); // nobody else has seen this child: it was still being started
        await ((Task)child.Process.Exited).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stock.TryRemove(child))
            return; // a session has taken it
        server.StartBackoff.Failed("it ended while it waited for a session");
        Log.Lost(log, server.Name, child.Process.Id);
        await StopAsync(server, child);
    }

    private async Task<WarmChild?> TryStartAsync(StdioServerState server)
    {
        // Not ProcessSlots, which would stop another child to make room: nobody needs this one yet.
        if (server.TryReserveSlot() is not { } slot)
            return null;
        try
        {
            using var start = await gate.EnterAsync(server);
            if (start is not null)
                return new WarmChild(starter.Launch(server), slot);
        }
        catch (Exception exception)
        {
            server.StartBackoff.Failed(exception.Message);
            Log.CannotStart(log, server.Name, exception.Message);
        }

        slot.Dispose();
        return null;
    }

    private async Task StopAsync(StdioServerState server, WarmChild child)
    {
        try
        {
            await child.Process.StopAsync(StopTimes.Default);
        }
        catch (Exception exception)
        {
            Log.StopFailed(log, exception, server.Name, child.Process.Id);
        }
        finally
        {
            child.Process.Dispose();
            child.Slot.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Server}: a warm child cannot be started: {Reason}",
            EventName = "WarmChildCannotStart")]
        public static partial void CannotStart(ILogger log, string server, string reason);

        [LoggerMessage(2, LogLevel.Warning, "{Server}[{Pid}] ended while it waited for a session", EventName = "WarmChildLost")]
        public static partial void Lost(ILogger log, string server, int pid);

        [LoggerMessage(3, LogLevel.Error, "{Server}[{Pid}] could not be stopped cleanly", EventName = "WarmChildStopFailed")]
        public static partial void StopFailed(ILogger log, Exception exception, string server, int pid);
    }
}
