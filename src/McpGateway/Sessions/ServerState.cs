using McpGateway.Configuration;

namespace McpGateway.Sessions;

/// <summary>
/// One server as it runs. It lives until gateway.json no longer has the server with this target; its other settings may change
/// from one message to the next. The backend that serves it adds what it needs in a class of its own.
/// </summary>
internal class ServerState(ServerConfig config)
{
    private volatile ServerConfig _config = config;
    private volatile bool _retired;

    public string Name { get; } = config.Name;

    /// <summary>The settings in force now.</summary>
    public ServerConfig Config => _config;

    /// <summary>What is started for it.</summary>
    /// <exception cref="InvalidCastException">It is a remote server.</exception>
    public StdioTarget Stdio => (StdioTarget)_config.Target;

    /// <summary>
    /// True once gateway.json no longer has the server with this target: its sessions end after their calls in flight.
    /// </summary>
    public bool IsRetired => _retired;

    internal void Update(ServerConfig config) => _config = config;

    internal void Retire() => _retired = true;
}
