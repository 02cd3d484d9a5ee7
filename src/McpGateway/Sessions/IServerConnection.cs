using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

/// <summary>The connection to one running server. What was asked over it is answered over it, or not at all.</summary>
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
}
