using McpGateway.JsonRpc;

namespace McpGateway.Backends.Stdio.Connection;

/// <summary>Receives what a child says of its own accord. One call at a time; while it waits, the child is not read.</summary>
internal interface IConnectionObserver
{
    /// <summary>A request or a notification of the child's.</summary>
    /// <param name="message">The listener's from here on.</param>
    /// <param name="child">Who says it, and the only one who may get the answer.</param>
    ValueTask OnMessageAsync(JsonRpcMessage message, ChildConnection child);

    /// <summary>The child is gone or unusable; its pending calls are about to be failed.</summary>
    /// <param name="reason">What has happened.</param>
    /// <returns>Time until it may be started again, which they are told.</returns>
    TimeSpan OnLosing(string reason);

    /// <summary>The child is gone or unusable, and its pending calls have been failed.</summary>
    /// <param name="error">What to answer to those who still want something of it.</param>
    void OnLost(JsonRpcError error);
}
