using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace McpGateway.JsonRpc;

/// <summary>
/// A JSON-RPC id or an MCP progress token: a string or an integer, never null. Two ids are equal if a JSON parser reads the same
/// value, even if they are written differently (<c>"a"</c> and <c>"\u0061"</c>).
/// </summary>
internal readonly record struct JsonRpcId
{
    private readonly JsonRpcIdKind _kind;
    private readonly long _number;
    private readonly string? _text;

    private JsonRpcId(JsonRpcIdKind kind, long number, string? text)
    {
        _kind = kind;
        _number = number;
        _text = text;
    }

    private enum JsonRpcIdKind : byte
    {
        None,
        Integer,

        /// <summary>An integer that does not fit into 64 bits, stored as its digits.</summary>
        Digits,
        String,
    }

    /// <summary>True for <c>default</c>: there is no id.</summary>
    public bool IsNone => _kind is JsonRpcIdKind.None;

    /// <summary>The length of the longest 64-bit integer, which is the most that <see cref="TryFormat"/> writes.</summary>
    public static int MaxIntegerBytes => 20;

    public static implicit operator JsonRpcId(long number) => new(JsonRpcIdKind.Integer, number, null);

    public static JsonRpcId FromString(string text) => new(JsonRpcIdKind.String, 0, text);

    /// <summary>The id as a 64-bit integer. All ids that the gateway creates are such integers.</summary>
    public bool TryGetInt64(out long number)
    {
        number = _number;
        return _kind is JsonRpcIdKind.Integer;
    }

    /// <summary>Reads the value at the reader's position.</summary>
    /// <returns>False when it is neither an integer nor a well-formed string (1.5, 1e3, null, a lone surrogate).</returns>
    public static bool TryRead(ref Utf8JsonReader reader, out JsonRpcId id)
    {
        id = default;
        if (reader.TokenType is JsonTokenType.String)
        {
            if (!InspectedText.TryGetString(ref reader, out var text))
                return false;
            id = FromString(text);
            return true;
        }

        // 1.0 and 1e3 are integers to some parsers only, so a fraction or an exponent is refused.
        if (reader.TokenType is not JsonTokenType.Number || reader.ValueSpan.IndexOfAny(".eE"u8) >= 0)
            return false;
        // An integer over 64 bits is kept as its digits: as a double it would be rounded, and two ids could become one.
        id = Utf8Parser.TryParse(reader.ValueSpan, out long number, out var used) && used == reader.ValueSpan.Length
            ? number
            : new JsonRpcId(JsonRpcIdKind.Digits, 0, System.Text.Encoding.ASCII.GetString(reader.ValueSpan));
        return true;
    }

    /// <summary>The id as JSON, to insert into a message; <c>null</c> for none.</summary>
    public byte[] ToUtf8()
    {
        if (_kind is JsonRpcIdKind.None)
            return "null"u8.ToArray();
        if (_kind is JsonRpcIdKind.String)
            // Escaped anew, since the text is kept unescaped: it may hold quotes and control characters.
            return JsonSerializer.SerializeToUtf8Bytes(_text, JsonRpcText.Default.String);
        if (_kind is JsonRpcIdKind.Digits)
            return System.Text.Encoding.ASCII.GetBytes(_text!);
        Span<byte> digits = stackalloc byte[MaxIntegerBytes];
        Utf8Formatter.TryFormat(_number, digits, out var written);
        return digits[..written].ToArray();
    }

    /// <summary>Writes a 64-bit integer without an allocation. Other ids need <see cref="ToUtf8"/>.</summary>
    public bool TryFormat(Span<byte> destination, out int written)
    {
        written = 0;
        return _kind is JsonRpcIdKind.Integer && Utf8Formatter.TryFormat(_number, destination, out written);
    }

    public override string ToString() => _kind switch
    {
        JsonRpcIdKind.Integer => _number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        JsonRpcIdKind.None => "none",
        _ => _text!,
    };
}
