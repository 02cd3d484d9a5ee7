using System.Text.Json;

namespace McpGateway.JsonRpc;

/// <summary>
/// Finds single members of an object in a message, which is known to be valid JSON. A member that occurs twice counts as missing:
/// parsers disagree on which of the two counts.
/// </summary>
internal static class JsonMembers
{
    /// <summary>Finds a member's value.</summary>
    /// <param name="json">Any JSON value. Only an object has members.</param>
    /// <param name="name">The unescaped name.</param>
    /// <param name="value">The value as JSON.</param>
    public static bool TryFind(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (json.IsEmpty)
            return false;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
            return false;
        // To the end, also when it is found: only then is it known that there is no second one.
        var found = 0;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var matches = InspectedText.Is(ref reader, name);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (!matches)
                continue;
            found++;
            value = json[start..(int)reader.BytesConsumed];
        }

        // Two are refused even where the caller has not checked the names: which one the server reads is not known.
        return found == 1;
    }

    /// <summary>
    /// Whether all parsers find the same members in an object: no duplicates, and no name that resembles a known one.
    /// </summary>
    /// <param name="json">Any JSON value.</param>
    /// <param name="names">The names that will be searched for.</param>
    /// <returns>Also false when the value is not an object.</returns>
    public static bool AreUnambiguous(ReadOnlySpan<byte> json, MemberNames names)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
            return false;
        var scan = new MemberScan(names, json);
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (!scan.TryAdd(ref reader, out _))
                return false;
            reader.Read();
            reader.Skip();
        }

        return true;
    }

    /// <summary>A member's value, unescaped, if it is a well-formed string; otherwise null.</summary>
    public static string? FindText(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        if (!TryFind(json, name, out var value))
            return null;
        var reader = new Utf8JsonReader(value);
        return reader.Read() && reader.TokenType is JsonTokenType.String && InspectedText.TryGetString(ref reader, out var text)
            ? text
            : null;
    }
}
