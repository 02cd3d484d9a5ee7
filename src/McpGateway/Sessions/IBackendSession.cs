using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Policies.Items;

namespace McpGateway.Sessions;

/// <summary>
/// A session's part of a backend: a server process of its own, or its share of one. It knows how messages must be rewritten on
/// the way to the server, and which of the server's are for this session.
/// </summary>
internal interface IBackendSession
{
    /// <summary>Settles with the client's first message by which process the session is served.</summary>
    /// <param name="first">Decides who does the handshake, and with which capabilities. Stays the caller's.</param>
    /// <returns>Null when that is settled for good.</returns>
    Refusal? Begin(JsonRpcMessage first);

    /// <summary>
    /// Whether other sessions use the same process, so that none may be kept waiting for this session's client.
    /// </summary>
    bool IsShared { get; }

    /// <summary>Where the calls to that process are recorded. Only after <see cref="Begin"/>.</summary>
    CallRegistry Calls { get; }

    /// <summary>What the server has listed. Only after <see cref="Begin"/>.</summary>
    ListedItems ListedItems { get; }

    /// <summary>
    /// Sends a call that has been recorded. It never fails: a call that cannot be sent is answered with an error.
    /// </summary>
    ValueTask CallAsync(JsonRpcMessage request, ClientCall call);

    /// <summary>Sends a notification of the client's.</summary>
    ValueTask NotifyAsync(JsonRpcMessage notification, CancellationToken cancellationToken);

    /// <summary>Sends the client's answer to a request of the server's, if that request was sent to this client.</summary>
    ValueTask AnswerAsync(JsonRpcMessage answer, CancellationToken cancellationToken);

    /// <summary>Answers a request of the server's that found no way to the client.</summary>
    void Refuse(JsonRpcMessage request, JsonRpcError error);

    /// <summary>Whether the client is to answer something that belongs to no single call.</summary>
    bool AwaitsClient { get; }

    /// <summary>The monitor's visit.</summary>
    /// <param name="now">A timestamp of the context's clock.</param>
    void Tick(long now);

    /// <summary>The session has ended.</summary>
    /// <returns>Completes when a process of the session's own is gone.</returns>
    Task EndAsync();
}
