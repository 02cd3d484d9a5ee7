using McpGateway.JsonRpc;

namespace McpGateway.Backends.Stdio.Connection;

/// <summary>
/// Receives what a connection reads from its child. Messages come one at a time: while one is handled, the child is not read.
/// </summary>
internal interface IConnectionObserver
{
    /// <summary>The child sent a request or a notification.</summary>
    /// <param name="message">Owned by the observer from here on.</param>
    /// <param name="child">The sender, and the only one that may get the answer.</param>
    ValueTask OnMessageAsync(JsonRpcMessage message, ChildConnection child);

    /// <summary>The child is gone or unusable; its pending calls are about to be failed.</summary>
    /// <param name="reason">The end of the sentence "The server 'x' …".</param>
    /// <returns>Time until it may be started again; the calls' errors name it.</returns>
    TimeSpan OnLosing(string reason);

    /// <summary>The child is gone or unusable, and its pending calls have been failed.</summary>
    /// <param name="error">The answer to requests that still wait for it.</param>
    void OnLost(JsonRpcError error);
}
