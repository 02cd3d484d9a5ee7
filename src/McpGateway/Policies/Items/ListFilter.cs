using System.Buffers;
using System.Text.Json;
using McpGateway.JsonRpc;

namespace McpGateway.Policies.Items;

/// <summary>
/// Takes what may not be used out of a page of a list. All else stays as the server wrote it, the cursor of the next page
/// above all: a page may become empty, and the list goes on.
/// </summary>
internal static class ListFilter
{
    private static readonly JsonRpcError Unreadable = new(
        JsonRpcErrorCode.InternalError, "The server's list can be read in more than one way, so the rules on it cannot be kept.");

    /// <summary>Filters the answer to a request for a list.</summary>
    /// <param name="answer">Under the client's id; disposed of when another one is returned.</param>
    /// <param name="kind">What is listed.</param>
    /// <param name="rules">Those in force.</param>
    public static JsonRpcMessage Apply(JsonRpcMessage answer, ItemKind kind, ToolRules rules)
    {
        if (answer.Envelope.Kind is not JsonRpcKind.Result)
            return answer;
        using (answer)
        {
            var result = answer.Envelope.Result.In(answer.Utf8);
            return TryFilter(result, kind, rules) is { } filtered
                ? JsonRpcMessage.CreateResult(answer.WrittenId, filtered)
                : JsonRpcMessage.CreateError(answer.WrittenId, Unreadable);
        }
    }

    /// <summary>
    /// Filters an answer whose request is not known, by what it holds: an answer may come on another stream, or through another
    /// gateway, than its request did.
    /// </summary>
    /// <param name="answer">Disposed of when another one is returned.</param>
    /// <param name="rules">Those in force.</param>
    /// <param name="note">Is told what was listed.</param>
    public static JsonRpcMessage ApplyByContent(
        JsonRpcMessage answer, ToolRules rules, Action<ItemKind, IReadOnlyList<string>> note)
    {
        if (answer.Envelope.Kind is not JsonRpcKind.Result || answer.Envelope.Result.In(answer.Utf8) is not [(byte)'{', ..])
            return answer;
        // A result is not one of the objects that the envelope's reader checks: it may be large, and most are not filtered.
        if (!JsonMembers.AreUnambiguous(answer.Envelope.Result.In(answer.Utf8), MemberNames.List))
        {
            using (answer)
                return JsonRpcMessage.CreateError(answer.WrittenId, Unreadable);
        }

        foreach (var kind in Enum.GetValues<ItemKind>())
        {
            // Read anew for each kind: the answer may have been replaced, and its buffer returned.
            var result = answer.Envelope.Result.In(answer.Utf8);
            if (!JsonMembers.TryFind(result, kind.Items(), out _))
                continue;
            note(kind, Names(result, kind, out _));
            answer = Apply(answer, kind, rules);
            if (answer.Envelope.Kind is not JsonRpcKind.Result)
                break;
        }

        return answer;
    }

    /// <summary>The names on a page, without those that cannot be read, and the cursor of the next one.</summary>
    public static IReadOnlyList<string> Names(ReadOnlySpan<byte> result, ItemKind kind, out string? nextCursor)
    {
        var names = new List<string>();
        nextCursor = JsonMembers.FindText(result, "nextCursor"u8);
        if (!JsonMembers.TryFind(result, kind.Items(), out var items))
            return names;
        foreach (var range in Elements(items) ?? [])
        {
            if (NameOf(range.In(items), kind) is { } name)
                names.Add(name);
        }

        return names;
    }

    // Null when a client could read another list in it than the one that is filtered here.
    private static byte[]? TryFilter(ReadOnlySpan<byte> result, ItemKind kind, ToolRules rules)
    {
        if (!JsonMembers.AreUnambiguous(result, MemberNames.List))
            return null;
        if (!JsonMembers.TryFind(result, kind.Items(), out var items))
            return result.ToArray();
        if (Elements(items) is not { } elements)
            return null;

        var filtered = new ArrayBufferWriter<byte>(result.Length);
        // The items are a part of the result's own bytes: this gives where they begin.
        // The bytes around the list go out as they came: to parse and write them again could change numbers and escapes.
        result.Overlaps(items, out var start);
        filtered.Write(result[..start]);
        filtered.Write("["u8);
        var isFirst = true;
        foreach (var element in elements)
        {
            var item = element.In(items);
            if (NameOf(item, kind) is not { } name || !rules.Allow(new RequestedItem(kind, name)))
                continue;
            if (!isFirst)
                filtered.Write(","u8);
            isFirst = false;
            filtered.Write(item);
        }

        filtered.Write("]"u8);
        filtered.Write(result[(start + items.Length)..]);
        return filtered.WrittenSpan.ToArray();
    }

    private static string? NameOf(ReadOnlySpan<byte> item, ItemKind kind) =>
        // An item with two names would be filtered by one and used by the other.
        JsonMembers.AreUnambiguous(item, MemberNames.Item) ? JsonMembers.FindText(item, kind.NameMember()) : null;

    private static List<ByteRange>? Elements(ReadOnlySpan<byte> array)
    {
        var reader = new Utf8JsonReader(array, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartArray)
            return null;
        var elements = new List<ByteRange>();
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            elements.Add(new ByteRange(start, (int)reader.BytesConsumed - start));
        }

        return elements;
    }
}
