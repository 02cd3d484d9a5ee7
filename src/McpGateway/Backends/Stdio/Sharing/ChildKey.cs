using McpGateway.Configuration;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>Which sessions share a child: those with the same key.</summary>
/// <param name="Server">The server of the child.</param>
/// <param name="Owner">The only user whom it serves; null when it serves all.</param>
/// <param name="Capabilities">The client capabilities that the gateway declares to it (<see cref="CapabilitySet"/>).</param>
/// <param name="User">The user's part of its environment, compared by digest; null when it has none.</param>
internal readonly record struct ChildKey(
    ServerState Server, SessionOwner? Owner, string Capabilities, UserEnvironment? User = null)
{
    /// <summary>
    /// The key of a session. Calls without a session share a child only with those of the same user, even if each session has a
    /// child of its own: nothing else distinguishes them.
    /// </summary>
    public static ChildKey Of(Session session, string capabilities) => session.Server.Stdio.Isolation is Isolation.Shared
        ? ForAll(session.Server)
        : new ChildKey(session.Server, session.Owner, capabilities, session.User);

    /// <summary>The key of all sessions of a shared server.</summary>
    public static ChildKey ForAll(ServerState server) => new(server, null, CapabilitySet.None);

    /// <summary>Whether it serves several users, so that nothing of one may reach another.</summary>
    public bool ServesAll => Owner is null;
}
