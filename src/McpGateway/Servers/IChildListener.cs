using McpGateway.JsonRpc;

namespace McpGateway.Servers;

/// <summary>Receives what a child says of its own accord. One call at a time; while it waits, the child is not read.</summary>
public interface IChildListener
{
    /// <summary>A request or a notification of the child's. The message is the listener's from here on.</summary>
    ValueTask OnMessageAsync(JsonRpcMessage message);

    /// <summary>The child could not be started, or is gone or unusable; its pending calls have been failed.</summary>
    /// <param name="error">What to answer to those who still want something of it.</param>
    void OnLost(JsonRpcError error);
}
