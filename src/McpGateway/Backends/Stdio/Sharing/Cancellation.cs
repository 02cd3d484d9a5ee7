using System.Text.Json.Nodes;
using McpGateway.JsonRpc;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>The notification that tells a child that nobody waits any more for one of its answers.</summary>
internal static class Cancellation
{
    /// <param name="childId">The call as the child knows it.</param>
    /// <param name="fromClient">The client's own notification, which may give a reason; null to write one.</param>
    /// <param name="reason">For the child's log, when there is no notification.</param>
    public static JsonRpcMessage For(long childId, JsonRpcMessage? fromClient, string reason)
    {
        if (fromClient is null)
        {
            return JsonRpcMessage.Create(new JsonObject
            {
                ["jsonrpc"] = "2.0",
                ["method"] = McpMethod.Cancelled,
                ["params"] = new JsonObject { ["requestId"] = childId, ["reason"] = reason },
            });
        }

        fromClient.ReplaceId(childId);
        return fromClient;
    }
}
