using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

public sealed partial class Session
{
    private static readonly JsonRpcError NobodyListens = new(
        JsonRpcErrorCode.InternalError, "No stream of the client's was open to ask it on.");

    private static readonly JsonRpcError NotAsked = new(
        JsonRpcErrorCode.InvalidRequest, "A request with this id, or too many others, still wait for the client.");

    async ValueTask Servers.IChildListener.OnMessageAsync(JsonRpcMessage message)
    {
        if (!message.Envelope.IsRequest)
            await OnNotificationAsync(message);
        else if (CallOf(message) is var call && _asked.TryAdd(message.Envelope.Id, call) is { } id)
            await AskAsync(message, id, call);
        else
            Answer(message, NotAsked);
    }

    private ValueTask OnNotificationAsync(JsonRpcMessage notification)
    {
        if (notification.Envelope.Method == McpMethod.Cancelled)
        {
            if (_asked.TryCancel(notification.Envelope.CancelledId) is not { } id)
            {
                Drop(notification, "unknown-id");
                return default;
            }

            notification.ReplaceId(id);
        }

        var call = CallOf(notification);
        // Only its own progress keeps a call alive, not what comes to it for want of another.
        if (notification.Envelope.Method == McpMethod.Progress && call?.ChildProgressToken == notification.Envelope.ProgressToken)
            call.Touch();
        return DeliverAsync(notification, call);
    }

    private ValueTask AskAsync(JsonRpcMessage request, long id, ClientCall? call)
    {
        request.ReplaceId(id);
        return DeliverAsync(request, call);
    }

    // The call that a message belongs to: the one whose token or task it names, else the only one there is.
    private ClientCall? CallOf(JsonRpcMessage message)
    {
        var envelope = message.Envelope;
        var named = envelope.Method == McpMethod.Progress ? _relay.Calls.FindByProgressToken(envelope.ProgressToken) : null;
        if (named is null && envelope.Task is { } task)
            named = _relay.Calls.FindByTask(task);
        return named ?? _relay.Calls.Only();
    }

    private async ValueTask DeliverAsync(JsonRpcMessage message, ClientCall? call)
    {
        // A stream may end between the choice and the write; each can fail only once, so the choice comes to an end.
        while (ChooseStream(call) is { } stream)
        {
            if (await stream.WriteAsync(message))
                return;
        }

        if (IsEnded || !_held.TryHold(message))
            GiveUp(message);
        else if (Stream is { } opened)
            await DeliverHeldAsync(opened, null); // it opened after the choice, and may have looked before the hold
    }

    private MessageStream? ChooseStream(ClientCall? call)
    {
        if (call is { Replies.IsOpen: true })
            return call.Replies;
        return Stream ?? _relay.Calls.OldestListening()?.Replies;
    }

    private async Task DeliverHeldAsync(MessageStream stream, MessageStream? replaced)
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
        {
            _asked.TryCancel(message.Envelope.Id);
            Answer(message, NobodyListens);
        }
        else
        {
            Drop(message, "no-stream");
        }
    }

    private void Answer(JsonRpcMessage request, JsonRpcError error)
    {
        using (request)
            _relay.Answer(JsonRpcMessage.CreateError(request.Envelope.Id, error));
    }
}
