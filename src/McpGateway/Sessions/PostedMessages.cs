using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

/// <summary>What one POST carried.</summary>
/// <param name="Messages">At least one; owned by whoever holds this, until they are relayed or disposed of.</param>
/// <param name="IsBatch">Whether they came in an array.</param>
/// <param name="Rights">What their sender may do.</param>
internal sealed record PostedMessages(JsonRpcMessage[] Messages, bool IsBatch, SenderRights Rights) : IDisposable
{
    /// <summary>The id to name in an error about the whole POST.</summary>
    public JsonRpcId Id => IsBatch ? default : Messages[0].Envelope.Id;

    public bool HasRequest => Array.Exists(Messages, message => message.Envelope.IsRequest);

    /// <summary>
    /// Whether all of it ends something that is under way: answers to the server's own requests, and cancellations. There are
    /// no more of them than of what they end, or they go no further.
    /// </summary>
    public bool OnlySettles => Array.TrueForAll(
        Messages, message => message.Envelope.IsAnswer || message.Envelope is { IsRequest: false, Method: McpMethod.Cancelled });

    public bool HasInitialize =>
        Array.Exists(Messages, message => message.Envelope is { IsRequest: true, Method: McpMethod.Initialize });

    public bool IsDiscover => !IsBatch && Messages[0].Envelope is { IsRequest: true, Method: McpMethod.Discover };

    public void Dispose() => Array.ForEach(Messages, message => message.Dispose());
}
