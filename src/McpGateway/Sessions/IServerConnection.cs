using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

/// <summary>The connection to one running server. A request that came over it is answered over it, or not at all.</summary>
internal interface IServerConnection
{
    /// <summary>Whether nobody is there any more to read what is sent.</summary>
    bool IsLost { get; }

    /// <summary>Sends a message; waits while the queue is full, as long as a request may take.</summary>
    /// <param name="message">Owned by the connection from here on.</param>
    /// <param name="cancellationToken">The message is dropped when it fires first.</param>
    ValueTask SendAsync(JsonRpcMessage message, CancellationToken cancellationToken);

    /// <summary>Sends a message if there is room for it now.</summary>
    /// <param name="message">Owned by the connection from here on.</param>
    void TrySend(JsonRpcMessage message);

    /// <summary>
    /// A call was withdrawn: takes it back if it was not read yet, for what a server does not read is not kept for it longer
    /// than anybody waits for the answer. Else tells the server.
    /// </summary>
    /// <param name="call">A call that was sent over this connection.</param>
    /// <param name="notification">The client's own; owned by the connection from here on. Null to write one.</param>
    /// <param name="reason">For the server's log, when there is no notification.</param>
    void Cancel(PendingCall call, JsonRpcMessage? notification, string reason);
}
