using System.Text.Json;

namespace McpGateway.JsonRpc;

/// <summary>A JSON array of messages, which only the revision 2025-03-26 allows. It is split before anything is relayed.</summary>
internal static class JsonRpcBatch
{
    /// <summary>Messages in one batch: more would let one body take a session's whole queue.</summary>
    public const int MaxMessages = 50;

    /// <summary>Whether the first token is an array's begin.</summary>
    public static bool IsBatch(ReadOnlySpan<byte> body) => body.TrimStart(" \t\r\n"u8) is [(byte)'[', ..];

    /// <summary>Finds the messages in a batch. What they hold is checked when each is read for itself.</summary>
    /// <returns>Null when all is well.</returns>
    public static JsonRpcError? Split(ReadOnlySpan<byte> body, out IReadOnlyList<ByteRange> messages)
    {
        var found = new List<ByteRange>();
        messages = found;
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth + 1 });
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                found.Add(new ByteRange(start, (int)reader.BytesConsumed - start));
            }

            reader.Read(); // throws when anything follows the array
        }
        catch (JsonException)
        {
            return new JsonRpcError(JsonRpcErrorCode.ParseError, "The body is not exactly one JSON value.");
        }

        return found.Count is 0 or > MaxMessages
            ? new JsonRpcError(JsonRpcErrorCode.InvalidRequest, $"A batch holds 1 to {MaxMessages} messages.")
            : null;
    }
}
