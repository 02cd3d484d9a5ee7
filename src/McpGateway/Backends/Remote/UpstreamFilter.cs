using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies.Items;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>Applies the rules on tools, those in force now, to what a remote server sends to one user.</summary>
internal sealed class UpstreamFilter(RemoteContext remote, ServerConfig server, SessionOwner owner)
{
    /// <returns>Null when nothing is left, and the message was disposed of.</returns>
    public JsonRpcMessage? Apply(JsonRpcMessage message)
    {
        if (remote.Config.Current.Servers.GetValueOrDefault(server.Name)
            is not { Target: RemoteTarget, Tools: { } tools } current)
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
