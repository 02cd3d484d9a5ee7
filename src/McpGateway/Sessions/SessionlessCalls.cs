using McpGateway.JsonRpc;
using McpGateway.Policies;

namespace McpGateway.Sessions;

/// <summary>
/// The way in for a call without a session: a server, a user and a message in, a stream of what belongs to it out. All
/// such calls of one user to one server are in one implicit session, which is kept while it is used.
/// </summary>
internal sealed class SessionlessCalls(SessionManager sessions)
{
    /// <summary>Takes a message of a user who has no session.</summary>
    /// <param name="server">A stdio server.</param>
    /// <param name="owner">Who asks.</param>
    /// <param name="message">Owned by the callee from here on, also when it is refused.</param>
    /// <param name="replies">Where the answer, and what belongs to it, is to go.</param>
    /// <param name="rights">What its sender may do.</param>
    /// <param name="user">What its sender brings along for the child's environment; other values are another child's.</param>
    public Receipt Receive(
        ServerState server, SessionOwner owner, JsonRpcMessage message, ResponseStream replies, SenderRights rights = default,
        UserEnvironment? user = null)
    {
        Refusal? refusal = null;
        // Notifications and answers are about a session or a call in flight, and here is neither.
        if (message.Envelope.IsRequest)
        {
            refusal = sessions.TryUseImplicit(server, owner, out var session, user, rights.Quota);
            if (refusal is null)
                return session!.Receive(message, replies, CancellationToken.None, rights); // requests do not use the token
        }

        message.Dispose();
        return new Receipt(refusal, default);
    }

    /// <summary>Nobody waits any more for what was to go to this stream: the child is told.</summary>
    public void Cancel(ServerState server, SessionOwner owner, ResponseStream replies, UserEnvironment? user = null) =>
        sessions.FindImplicit(server, owner, user)?.CancelFor(replies);
}
