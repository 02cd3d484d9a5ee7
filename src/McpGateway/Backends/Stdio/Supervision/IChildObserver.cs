using McpGateway.Backends.Stdio.Connection;
using McpGateway.JsonRpc;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>
/// Receives what happens to a supervisor's children, one after the other. It must be able to restore in a new child what the last
/// one knew.
/// </summary>
internal interface IChildObserver
{
    /// <inheritdoc cref="IConnectionObserver.OnMessageAsync"/>
    ValueTask OnMessageAsync(JsonRpcMessage message, ChildConnection child);

    /// <summary>
    /// A child has replaced an earlier one, and its handshake is done. Nothing else is sent before this completes.
    /// </summary>
    Task RestoreAsync(ChildConnection child);

    /// <summary>The child hibernates: its process is gone. No other is started before this returns.</summary>
    void OnHibernated();

    /// <summary>The child could not be started, or is gone; its pending calls have been failed.</summary>
    /// <param name="error">The answer to requests that still wait for it.</param>
    /// <param name="isFinal">
    /// Whether no other child can replace it: the handshake has never succeeded, or the new child is another server.
    /// </param>
    void OnLost(JsonRpcError error, bool isFinal);

    /// <summary>Another child needs a process slot. Ends this one for good if no session uses it.</summary>
    /// <returns>Completes when its process is gone; null when it is in use, or is ending already.</returns>
    Task? TryEndIfUnused();
}
