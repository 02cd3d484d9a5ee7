using McpGateway.Configuration;
using McpGateway.Policies;

namespace McpGateway.Sessions;

/// <summary>
/// A server of either kind, as one HTTP request meets it. The handlers in Http make the checks that all servers have in common,
/// and leave the rest to it. It belongs to that request, and remembers the session that was found or opened for it.
/// </summary>
internal interface IBackend
{
    /// <summary>The server's settings in force.</summary>
    ServerConfig Server { get; }

    bool ServesStreamableHttp { get; }

    bool ServesSse { get; }

    /// <summary>
    /// Whether a request of Streamable HTTP has to name a session, unless it opens one. If not, the server says so itself: not
    /// all remote ones have sessions.
    /// </summary>
    bool RequiresSession { get; }

    /// <summary>The revision that was settled in the session; null when that is not known.</summary>
    string? ProtocolVersion { get; }

    /// <summary>Finds the session that the request names.</summary>
    /// <returns>False when it does not exist for the sender.</returns>
    bool TryFind(SessionKind kind, string id);

    /// <summary>Opens a session of Streamable HTTP for the messages that come next.</summary>
    /// <returns>Null when it was opened.</returns>
    Refusal? TryOpen();

    /// <summary>Takes messages in the session.</summary>
    /// <param name="posted">Owned by the backend from here on, also when they are refused.</param>
    ValueTask<BackendReply> PostAsync(PostedMessages posted);

    /// <summary>Takes one message without a session.</summary>
    /// <inheritdoc cref="PostAsync"/>
    ValueTask<BackendReply> CallAsync(PostedMessages posted);

    /// <summary>Opens the session's stream for what belongs to no request.</summary>
    ValueTask<BackendReply> ListenAsync();

    /// <summary>Opens a session of HTTP+SSE with its stream.</summary>
    ValueTask<BackendReply> OpenSseAsync();

    /// <summary>Ends the session at its client's wish.</summary>
    ValueTask<BackendReply> EndSessionAsync();

    /// <summary>Ends the session that <see cref="TryOpen"/> has opened: its client has not learned its id.</summary>
    void GiveUpSession();
}
