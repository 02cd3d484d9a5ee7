using McpGateway.Configuration;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>Which sessions share a child: those with the same key.</summary>
/// <param name="Server">Whose child it is.</param>
/// <param name="Owner">The one user that it serves; null when it serves all.</param>
/// <param name="Capabilities">The client capabilities that it was told of (<see cref="CapabilitySet"/>).</param>
/// <param name="User">The user's part of its environment, which is told from another by a digest; null when it has none.</param>
internal readonly record struct ChildKey(ServerState Server, SessionOwner? Owner, string Capabilities, UserEnvironment? User = null)
{
    /// <summary>The key of a session; calls without one never share a child with another user's, whatever the isolation.</summary>
    public static ChildKey Of(Session session, string capabilities) => session.Server.Stdio.Isolation is Isolation.Shared
        ? ForAll(session.Server)
        : new ChildKey(session.Server, session.Owner, capabilities, session.User);

    /// <summary>The key of all sessions of a shared server.</summary>
    public static ChildKey ForAll(ServerState server) => new(server, null, CapabilitySet.None);

    /// <summary>Whether its users are many, so that nothing of one may be told to the rest.</summary>
    public bool ServesAll => Owner is null;
}
