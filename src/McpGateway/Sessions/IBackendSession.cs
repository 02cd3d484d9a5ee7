using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Policies.Items;

namespace McpGateway.Sessions;

/// <summary>
/// A session's place at a child: a child of its own, or one among others. It knows how messages must be rewritten on the
/// way to the child, and which of the child's are for this session.
/// </summary>
internal interface IBackendSession
{
    /// <summary>Takes the place for good, with the client's first message.</summary>
    /// <param name="first">Decides who does the handshake, and with which capabilities. Stays the caller's.</param>
    /// <returns>Null when it was taken.</returns>
    Refusal? Begin(JsonRpcMessage first);

    /// <summary>Whether other sessions use the same server process, so that none may be kept waiting for this session's client.</summary>
    bool IsShared { get; }

    /// <summary>What its child has listed. Only after <see cref="Begin"/>.</summary>
    ListedItems ListedItems { get; }

    /// <summary>Sends a call that is in the session's table. It never fails: a call that cannot be sent is answered with an error.</summary>
    ValueTask CallAsync(JsonRpcMessage request, ClientCall call);

    /// <summary>Sends a notification of the client's.</summary>
    ValueTask NotifyAsync(JsonRpcMessage notification, CancellationToken cancellationToken);

    /// <summary>Sends the client's answer to a request of the child's, if that was asked of this client.</summary>
    ValueTask AnswerAsync(JsonRpcMessage answer, CancellationToken cancellationToken);

    /// <summary>Tells the child that a call, which was taken out of the table, is no longer wanted.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellation">The client's own notification; null to write one.</param>
    /// <param name="reason">For the child's log, when there is no notification.</param>
    void Cancel(ClientCall call, JsonRpcMessage? cancellation, string reason);

    /// <summary>A call was answered, or has failed, whether anybody still waited for it or not.</summary>
    /// <param name="call">The call; no longer pending at the server.</param>
    /// <param name="answer">Null when it has failed; stays the caller's.</param>
    void OnSettled(ClientCall call, JsonRpcMessage? answer);

    /// <summary>Answers a request of the child's that found no way to the client.</summary>
    void Refuse(JsonRpcMessage request, JsonRpcError error);

    /// <summary>Whether the client is to answer something that belongs to no single call.</summary>
    bool ClientIsAsked { get; }

    /// <summary>The monitor's visit.</summary>
    /// <param name="now">A timestamp of the context's clock.</param>
    void Tick(long now);

    /// <summary>Gives the place up.</summary>
    /// <returns>Completes when a child of the session's own is gone.</returns>
    Task EndAsync();
}
