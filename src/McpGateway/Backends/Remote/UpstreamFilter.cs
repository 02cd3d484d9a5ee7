using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies.Items;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>What the rules on tools leave of what a remote server sends to one user. They are those in force when it comes.</summary>
internal sealed class UpstreamFilter(RemoteContext remote, ServerConfig server, SessionOwner owner)
{
    /// <returns>Null when nothing is left, and the message was disposed of.</returns>
    public JsonRpcMessage? Apply(JsonRpcMessage message)
    {
        if (remote.Config.Current.Servers.GetValueOrDefault(server.Name) is not { Target: RemoteTarget, Tools: { } tools } current)
            return message;
        var listed = remote.ListedItems.Of(current, owner);
        if (McpMethod.IsListChanged(message.Envelope.Method))
            listed.Clear();
        if (message.Envelope.IsAnswer)
            return new ItemPolicy(tools).FilterAnswer(message, listed);
        if (!new ItemPolicy(tools).Forbids(message))
            return message;
        message.Dispose();
        return null;
    }
}
