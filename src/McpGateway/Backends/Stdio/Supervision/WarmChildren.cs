using System.Collections.Concurrent;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>
/// Children that were started before anybody needs them (<c>warm</c>): a session takes one and need not wait for its
/// program to load. They have been told nothing, so they are as good as new.
/// </summary>
internal sealed partial class WarmChildren(ChildStarter starter, StartGate gate, ILogger<WarmChildren> log)
{
    private readonly ConcurrentDictionary<ServerState, Stock> _stocks = new();
    private volatile bool _closed;

    /// <summary>Those that are ready.</summary>
    public int CountOf(ServerState server) => _stocks.TryGetValue(server, out var stock) ? stock.Count : 0;

    /// <summary>Takes one. It has a place among the server's processes, which is the caller's from here on.</summary>
    /// <returns>Null when none is ready.</returns>
    public IChildProcess? TryTake(ServerState server) => _stocks.TryGetValue(server, out var stock) ? stock.TryTake() : null;

    /// <summary>Stops one, so that another child may have its place.</summary>
    /// <returns>Completes when it is gone; null when there is none.</returns>
    public Task? TryGiveUp(ServerState server) => TryTake(server) is { } process ? StopAsync(server, process) : null;

    /// <summary>Starts what is missing, and stops what nobody will take any more.</summary>
    /// <param name="servers">Those in force.</param>
    public void Visit(IEnumerable<ServerState> servers)
    {
        foreach (var server in servers.Where(server => server.Config.Warm > 0))
            _stocks.TryAdd(server, new Stock());
        foreach (var (server, stock) in _stocks)
        {
            var wanted = _closed || server.IsRetired ? 0 : server.Config.Warm;
            while (stock.TakeSurplus(wanted) is { } process)
                _ = StopAsync(server, process);
            while (server.Starts.RetryAfter == TimeSpan.Zero && stock.TryBegin(wanted))
                _ = AddAsync(server, stock);
            if (server.IsRetired && stock.IsEmpty)
                _stocks.TryRemove(server, out _);
        }
    }

    /// <summary>Stops them all.</summary>
    public async Task StopAllAsync()
    {
        _closed = true;
        await Task.WhenAll(_stocks.SelectMany(entry => entry.Value.TakeAll().Select(process => StopAsync(entry.Key, process))));
    }

    private async Task AddAsync(ServerState server, Stock stock)
    {
        IChildProcess? process = null;
        try
        {
            if (server.TryReserveProcess())
                process = await StartAsync(server);
        }
        catch (Exception exception)
        {
            server.Starts.Failed(exception.Message);
            Log.CannotStart(log, server.Name, exception.Message);
        }

        stock.End(process);
        if (process is null)
            return;
        if (_closed || server.IsRetired)
            Visit([]); // the end came in between, and has not seen it
        await process.Exited;
        if (!stock.TryRemove(process))
            return; // a session has it
        server.Starts.Failed("it ended while it waited for a session");
        Log.Lost(log, server.Name, process.Id);
        await StopAsync(server, process);
    }

    // The place that was reserved is given back when nothing came of it.
    private async Task<IChildProcess?> StartAsync(ServerState server)
    {
        var started = false;
        try
        {
            using var slot = await gate.EnterAsync(server);
            var process = slot is null ? null : starter.Launch(server);
            started = process is not null;
            return process;
        }
        finally
        {
            if (!started)
                server.ReleaseProcess();
        }
    }

    private async Task StopAsync(ServerState server, IChildProcess process)
    {
        try
        {
            await process.StopAsync(StopTimes.Default);
        }
        catch (Exception exception)
        {
            Log.StopFailed(log, exception, server.Name, process.Id);
        }
        finally
        {
            process.Dispose();
            server.ReleaseProcess();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Server}: no child can be kept warm: {Reason}", EventName = "WarmChildCannotStart")]
        public static partial void CannotStart(ILogger log, string server, string reason);

        [LoggerMessage(2, LogLevel.Warning, "{Server}[{Pid}] ended while it waited for a session", EventName = "WarmChildLost")]
        public static partial void Lost(ILogger log, string server, int pid);

        [LoggerMessage(3, LogLevel.Error, "{Server}[{Pid}] could not be stopped in order", EventName = "WarmChildStopFailed")]
        public static partial void StopFailed(ILogger log, Exception exception, string server, int pid);
    }

    /// <summary>One server's, ready or being started.</summary>
    private sealed class Stock
    {
        private readonly Lock _lock = new();
        private readonly LinkedList<IChildProcess> _ready = new();
        private int _starting;

        public int Count
        {
            get
            {
                lock (_lock)
                    return _ready.Count;
            }
        }

        public bool IsEmpty
        {
            get
            {
                lock (_lock)
                    return _ready.Count == 0 && _starting == 0;
            }
        }

        public bool TryBegin(int wanted)
        {
            lock (_lock)
            {
                if (_ready.Count + _starting >= wanted)
                    return false;
                _starting++;
                return true;
            }
        }

        public void End(IChildProcess? process)
        {
            lock (_lock)
            {
                _starting--;
                if (process is not null)
                    _ready.AddLast(process);
            }
        }

        public IChildProcess? TryTake()
        {
            lock (_lock)
            {
                var first = _ready.FirstOrDefault(process => !process.Exited.IsCompleted);
                if (first is not null)
                    _ready.Remove(first);
                return first;
            }
        }

        public IChildProcess? TakeSurplus(int wanted)
        {
            lock (_lock)
            {
                if (_ready.Count <= wanted || _ready.Last is not { } last)
                    return null;
                _ready.Remove(last);
                return last.Value;
            }
        }

        public bool TryRemove(IChildProcess process)
        {
            lock (_lock)
                return _ready.Remove(process);
        }

        public IChildProcess[] TakeAll()
        {
            lock (_lock)
            {
                IChildProcess[] all = [.. _ready];
                _ready.Clear();
                return all;
            }
        }
    }
}
