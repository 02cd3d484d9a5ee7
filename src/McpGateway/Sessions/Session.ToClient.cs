using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

/// <summary>On which of its streams a client gets what is for it.</summary>
internal sealed partial class Session
{
    private static readonly JsonRpcError NobodyListens = new(
        JsonRpcErrorCode.InternalError, "No stream of the client's was open to ask it on.");

    /// <summary>Takes a message of the child's that is for this session.</summary>
    /// <param name="message">Under the ids that the client knows; owned by the session from here on.</param>
    /// <param name="call">The call that it belongs to; null for no single one.</param>
    internal async ValueTask DeliverAsync(JsonRpcMessage message, ClientCall? call)
    {
        if (IsForbidden(message))
        {
            Drop(message, "forbidden");
            return;
        }

        // A stream may end between the choice and the write; each can fail only once, so the choice comes to an end.
        while (ChooseStream(call) is { } stream)
        {
            if (await stream.WriteAsync(message, patient: !IsShared))
                return;
        }

        if (IsEnded || Kind is SessionKind.Implicit || !_held.TryHold(message))
            GiveUp(message);
        else if (_isReady && Stream is { } opened)
            await DeliverHeldAsync(opened, null); // it opened after the choice, and may have looked before the hold
    }

    private ResponseStream? ChooseStream(ClientCall? call)
    {
        if (call is { Replies.IsOpen: true } && (_isReady || !call.IsInitialize))
            return call.Replies;
        // The callers of an implicit session know nothing of each other; and before a client has its handshake behind it,
        // it may not be asked anything.
        if (Kind is SessionKind.Implicit || !_isReady)
            return null;
        return Stream ?? Calls.OldestListening()?.Replies;
    }

    private async Task DeliverHeldAsync(ResponseStream stream, ResponseStream? replaced)
    {
        replaced?.End();
        while (replaced is not null && replaced.TryRead(out var unread))
            await DeliverAsync(unread, null);
        while (stream.IsOpen && _held.TryTake(out var held))
            await DeliverAsync(held, null);
    }

    private void GiveUp(JsonRpcMessage message)
    {
        if (message.Envelope.IsRequest)
            _backend.Refuse(message, NobodyListens);
        else
            Drop(message, "no-stream");
    }
}
