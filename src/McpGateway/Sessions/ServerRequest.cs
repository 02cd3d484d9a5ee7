using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

/// <summary>One request of a server's to a client.</summary>
/// <param name="Session">To whose client it was sent.</param>
/// <param name="ClientId">The id that the client sees, and where they are hidden the progress token.</param>
/// <param name="ServerId">The server's own id.</param>
/// <param name="Call">The call for which it was sent; null when it belongs to no single one.</param>
/// <param name="ServerToken">The server's own progress token; none when it wants no progress.</param>
/// <param name="WantsTask">Whether the client is to run it as a task.</param>
/// <param name="Connection">Over which it came, and alone may get the answer.</param>
internal sealed record ServerRequest(
    Session Session, long ClientId, JsonRpcId ServerId, ClientCall? Call, JsonRpcId ServerToken, bool WantsTask,
    IServerConnection Connection)
{
    /// <summary>Answers the server with an error.</summary>
    public void Refuse(JsonRpcError error) => Connection.TrySend(JsonRpcMessage.CreateError(ServerId, error));
}
