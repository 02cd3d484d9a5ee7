namespace McpGateway.Sessions;

/// <summary>
/// Gives new sessions their part of a backend. The folders under Backends implement it, so nothing here knows what a server is
/// made of.
/// </summary>
internal interface IBackendSessions
{
    /// <summary>Decides how a new session is served. A process of its own takes one of its server's slots now.</summary>
    /// <returns>Creates the session's part of the backend; null when no slot is free.</returns>
    Func<Session, IBackendSession>? TryReserve(ServerState server, SessionKind kind);

    /// <summary>The monitor's visit: one task for each part that was visited.</summary>
    /// <param name="now">A timestamp of the gateway's clock.</param>
    IEnumerable<Task> Tick(long now);
}
