using System.Text.Json;

namespace McpGateway.JsonRpc;

/// <summary>A JSON array of messages. Only revision 2025-03-26 allows it. It is split before its messages are relayed.</summary>
internal static class JsonRpcBatch
{
    /// <summary>The most messages in a batch. With more, one request could fill the whole queue of a session.</summary>
    public const int MaxMessages = 50;

    /// <summary>Whether the body starts like a JSON array.</summary>
    public static bool IsBatch(ReadOnlySpan<byte> body) => body.TrimStart(" \t\r\n"u8) is [(byte)'[', ..];

    /// <summary>Finds the messages in a batch. Their contents are checked later, when each one is read.</summary>
    /// <returns>Null on success.</returns>
    public static JsonRpcError? Split(ReadOnlySpan<byte> body, out IReadOnlyList<ByteRange> messages)
    {
        var found = new List<ByteRange>();
        messages = found;
        // The array around the messages is one level more.
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth + 1 });
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
            {
                // Positions only: each message is checked when it is read by itself, and its error can then name its id.
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                found.Add(new ByteRange(start, (int)reader.BytesConsumed - start));
            }

            reader.Read(); // throws when anything but white space follows the array
        }
        catch (JsonException)
        {
            return new JsonRpcError(JsonRpcErrorCode.ParseError, "The body is not a single JSON value.");
        }

        return found.Count is 0 or > MaxMessages
            ? new JsonRpcError(JsonRpcErrorCode.InvalidRequest, $"A batch must contain 1 to {MaxMessages} messages.")
            : null;
    }
}
