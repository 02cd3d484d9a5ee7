using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies.Items;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>Applies the rules on tools that are in force now to what a remote server sends to one user.</summary>
internal sealed class UpstreamFilter(RemoteContext remote, ServerConfig server, SessionOwner owner)
{
    /// <returns>Null when the message is forbidden. It was then disposed of.</returns>
    public JsonRpcMessage? Apply(JsonRpcMessage message)
    {
        // Not the configuration with which the stream began: changed rules apply from the next message on.
        if (remote.Config.Current.Servers.GetValueOrDefault(server.Name)
            is not { Target: RemoteTarget, Tools: { } tools } current)
            return message;
        var listed = remote.ListedItems.Of(current, owner);
        if (McpMethod.IsListChanged(message.Envelope.Method))
            listed.Clear();
        // Filtered by its contents. With HTTP+SSE or a resumed stream, its request may have gone through another replica.
        if (message.Envelope.IsAnswer)
            return new ItemPolicy(tools).FilterAnswer(message, listed);
        if (!new ItemPolicy(tools).Forbids(message))
            return message;
        message.Dispose();
        return null;
    }
}
