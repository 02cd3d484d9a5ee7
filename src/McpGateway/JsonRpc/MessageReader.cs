using System.Text.Json;

namespace McpGateway.JsonRpc;

/// <summary>
/// Reads the JSON of a message forward, member by member. It remembers the first rule that the message breaks and reads on,
/// because an error response needs the id, which may come later.
/// </summary>
internal ref struct MessageReader(ReadOnlySpan<byte> message)
{
    // A field: Utf8JsonReader is a mutable struct, so a property would return a copy that advances alone.
    public Utf8JsonReader Json = new(message, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });

    private readonly ReadOnlySpan<byte> _message = message;

    /// <summary>The first rule that the message breaks; null for none.</summary>
    public string? Violation { get; private set; }

    /// <summary>Starts the check of an object's member names.</summary>
    public readonly MemberScan Scan(MemberNames names) => new(names, _message);

    /// <summary>Moves to the value of the object's next member.</summary>
    /// <returns>False at the end of the object.</returns>
    public bool NextMember(ref MemberScan names, out Member member)
    {
        member = Member.Other;
        if (!Json.Read() || Json.TokenType is not JsonTokenType.PropertyName)
            return false;
        if (!names.TryAdd(ref Json, out member))
            Violate("A member name occurs twice, or differs from a known name only in case, a NUL or a lone surrogate.");
        // Also after a violation: the caller skips or reads a value next.
        Json.Read();
        return true;
    }

    /// <summary>The value as an id. Anything else is none and no violation: the caller knows whether it must be an id.</summary>
    public JsonRpcId ReadId(out ByteRange range)
    {
        var start = (int)Json.TokenStartIndex;
        range = new ByteRange(start, (int)Json.BytesConsumed - start);
        return JsonRpcId.TryRead(ref Json, out var id) ? id : default;
    }

    /// <summary>Moves to the end of the value.</summary>
    /// <returns>The whole value.</returns>
    public ByteRange Skip()
    {
        var start = (int)Json.TokenStartIndex;
        Json.Skip();
        return new ByteRange(start, (int)Json.BytesConsumed - start);
    }

    // Only the first one is reported. Others are often consequences of it.
    public void Violate(string reason) => Violation ??= reason;
}
