using McpGateway.Backends.Stdio.Connection;
using McpGateway.JsonRpc;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>What stands behind a line: it has one child after the other, and must be able to tell a new one what the old one knew.</summary>
internal interface IChildObserver
{
    /// <inheritdoc cref="IConnectionObserver.OnMessageAsync"/>
    ValueTask OnMessageAsync(JsonRpcMessage message, ChildConnection child);

    /// <summary>A child has been started in place of an earlier one, and its handshake is done. Nothing else is sent before this completes.</summary>
    Task RestoreAsync(ChildConnection child);

    /// <summary>The child was put to sleep, and is gone. No other is started before this returns.</summary>
    void OnAsleep();

    /// <summary>The child could not be started, or is gone; its pending calls have been failed.</summary>
    /// <param name="error">What to answer to those who still want something of it.</param>
    /// <param name="isFinal">Whether no other can take its place: there never was a handshake, or it is not the same server any more.</param>
    void OnLost(JsonRpcError error, bool isFinal);
}
