using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Http;

/// <summary>What one POST carried.</summary>
/// <param name="Messages">At least one; owned by whoever holds this, until they are relayed or disposed of.</param>
/// <param name="IsBatch">Whether they came in an array.</param>
/// <param name="Rights">What their sender may do.</param>
internal sealed record PostedMessages(JsonRpcMessage[] Messages, bool IsBatch, SenderRights Rights)
{
    /// <summary>The id to name in an error about the whole POST.</summary>
    public JsonRpcId Id => IsBatch ? default : Messages[0].Envelope.Id;

    public bool HasRequest => Array.Exists(Messages, message => message.Envelope.IsRequest);

    /// <summary>
    /// Whether all of it ends something that is under way: answers to what the child has asked, and cancellations. There are
    /// no more of them than of what they end, or they go no further.
    /// </summary>
    public bool OnlySettles => Array.TrueForAll(
        Messages, message => message.Envelope.IsAnswer || message.Envelope is { IsRequest: false, Method: McpMethod.Cancelled });

    public bool HasInitialize => Array.Exists(Messages, message => message.Envelope is { IsRequest: true, Method: McpMethod.Initialize });

    /// <summary>Gives the messages to a session, in their order.</summary>
    /// <param name="context">The POST; answered here when its one message is refused. In a batch the refusal is that message's answer.</param>
    /// <param name="session">Owns the messages from here on.</param>
    /// <param name="replies">Where the answers are to go.</param>
    /// <param name="awaitDelivery">Whether to wait until the child's queue has each.</param>
    /// <returns>False when the POST has been answered.</returns>
    public async ValueTask<bool> RelayAsync(HttpContext context, Session session, ResponseStream replies, bool awaitDelivery)
    {
        foreach (var message in Messages)
        {
            var id = message.Envelope.Id;
            var receipt = session.Receive(message, replies, context.RequestAborted, Rights);
            if (receipt.Refusal is { } refusal && !IsBatch)
            {
                context.Response.Headers.Remove(StreamableHttpHandler.SessionHeader); // a session that was opened for this message ends
                await JsonRpcErrorWriter.WriteAsync(context, refusal, id);
                return false;
            }

            if (receipt.Refusal is { } refused)
                await replies.AnswerAsync(JsonRpcMessage.CreateError(id, refused.Error));
            else if (awaitDelivery)
                await receipt.Delivered;
        }

        return true;
    }

    public void Dispose() => Array.ForEach(Messages, message => message.Dispose());
}
