using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

/// <summary>A request that was sent to a child and waits for its one answer.</summary>
internal abstract class PendingCall
{
    /// <summary>The id that the child sees; 0 before the request is sent.</summary>
    public long ChildId { get; internal set; }

    /// <summary>The request as it was given to the child's queue; null before. It is not the call's own.</summary>
    internal JsonRpcMessage? Sent { get; set; }

    /// <summary>Fires when the call gives up waiting to be sent; it is then not told of anything.</summary>
    internal protected virtual CancellationToken Abandoned => CancellationToken.None;

    /// <summary>Whether <see cref="Abandoned"/> has fired, without the cost of asking for it.</summary>
    internal protected virtual bool IsAbandoned => false;

    /// <summary>Whether somebody waits for the answer, so that the child may not be put to sleep.</summary>
    internal protected virtual bool KeepsAwake => !IsAbandoned;

    /// <summary>Whether the child is to see the call's own id as its progress token, because others may use the same token.</summary>
    internal protected virtual bool HidesProgressToken => false;

    /// <summary>The child answered. The message is the call's from here on; its id is still the child's.</summary>
    internal protected abstract ValueTask OnAnswerAsync(JsonRpcMessage answer);

    /// <summary>The child will not answer any more.</summary>
    internal protected abstract ValueTask OnFailedAsync(JsonRpcError error);
}
