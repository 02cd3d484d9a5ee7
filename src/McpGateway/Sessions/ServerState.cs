using McpGateway.Configuration;

namespace McpGateway.Sessions;

/// <summary>
/// One server as it runs: lives as long as what is started for it stays the same, while its limits may change from one
/// message to the next.
/// </summary>
internal sealed class ServerState(ServerConfig config, TimeProvider? time = null)
{
    private volatile ServerConfig _config = config;
    private volatile bool _retired;
    private int _processes;

    public string Name { get; } = config.Name;

    /// <summary>The settings in force now.</summary>
    public ServerConfig Config => _config;

    /// <summary>What is started for it.</summary>
    /// <exception cref="InvalidCastException">It is a remote server.</exception>
    public StdioTarget Stdio => (StdioTarget)_config.Target;

    /// <summary>True once gateway.json no longer holds this server as it was: its sessions end after their calls in flight.</summary>
    public bool IsRetired => _retired;

    /// <summary>When a child may be started again after starts that have failed: the same program fails for everyone.</summary>
    public Backoff Starts { get; } = new(time ?? TimeProvider.System);

    /// <summary>Children that run, or are about to.</summary>
    public int Processes => Volatile.Read(ref _processes);

    /// <summary>Takes a place among the server's children; it is given back when the child is gone.</summary>
    /// <returns>False at <see cref="ServerConfig.MaxProcesses"/>.</returns>
    public bool TryReserveProcess()
    {
        if (Interlocked.Increment(ref _processes) <= _config.MaxProcesses)
            return true;
        Interlocked.Decrement(ref _processes);
        return false;
    }

    /// <summary>Takes the place of a child that is about to end. There is one more than allowed until it has.</summary>
    public void TakeOverProcess() => Interlocked.Increment(ref _processes);

    public void ReleaseProcess() => Interlocked.Decrement(ref _processes);

    internal void Update(ServerConfig config) => _config = config;

    internal void Retire() => _retired = true;
}
