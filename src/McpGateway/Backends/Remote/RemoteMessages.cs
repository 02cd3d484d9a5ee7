using System.Buffers;
using McpGateway.JsonRpc;

namespace McpGateway.Backends.Remote;

/// <summary>The body of a POST to a remote server.</summary>
internal static class RemoteMessages
{
    /// <summary>Writes the messages as they were checked. Nothing else of the client's body is forwarded.</summary>
    public static byte[] Write(IReadOnlyList<JsonRpcMessage> messages, bool isBatch)
    {
        // One byte more for each message and one for all: the commas and brackets of a batch.
        var body = new ArrayBufferWriter<byte>(messages.Sum(message => message.WrittenLength + 1) + 1);
        for (var i = 0; i < messages.Count; i++)
        {
            if (isBatch)
                body.Write(i == 0 ? "["u8 : ","u8);
            messages[i].WriteTo(body);
        }

        if (isBatch)
            body.Write("]"u8);
        return body.WrittenSpan.ToArray();
    }
}
