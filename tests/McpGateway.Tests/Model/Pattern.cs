using System.Text.Json.Nodes;

namespace McpGateway.Tests.Model;

/// <summary>
/// A message that the reference expects. Exactly this JSON, but for strings that begin with §: the mark of a
/// <see cref="Slot"/>, anything at all (<see cref="Any"/>), or an error of the gateway's (<see cref="Error"/>).
/// </summary>
internal sealed class Pattern(JsonObject template, params Slot?[] slots)
{
    public const string Any = "§any";
    private const string ErrorMark = "§error";

    private readonly Dictionary<string, Slot> _slots = slots.OfType<Slot>().ToDictionary(slot => slot.Mark);

    public static Pattern Result(JsonNode id, JsonNode result) =>
        new(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id.DeepClone(), ["result"] = result.DeepClone() });

    /// <param name="id">Of the request.</param>
    /// <param name="code">Null for any.</param>
    public static Pattern Error(JsonNode id, int? code = null) =>
        new(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id.DeepClone(), ["error"] = ErrorMark + code });

    /// <summary>Whether the message is what is expected; if so, the slots have their values.</summary>
    public bool TryMatch(string message)
    {
        var learnt = new List<(Slot, long)>();
        if (!Matches(template, JsonNode.Parse(message), learnt))
            return false;
        foreach (var (slot, value) in learnt)
            slot.Learn(value);
        return true;
    }

    public override string ToString() =>
        _slots.Values.Aggregate(template.ToJsonString(Readable.Options),
            (text, slot) => text.Replace($"\"{slot.Mark}\"", $"<{slot}>", StringComparison.Ordinal));

    private bool Matches(JsonNode? expected, JsonNode? seen, List<(Slot, long)> learnt)
    {
        switch (expected)
        {
            case JsonObject members:
                return seen is JsonObject others && members.Count == others.Count
                    && members.All(member => others.ContainsKey(member.Key) && Matches(member.Value, others[member.Key], learnt));
            case JsonValue value when value.TryGetValue<string>(out var mark) && mark.StartsWith('§'):
                return MatchesMark(mark, seen, learnt);
            default:
                return JsonNode.DeepEquals(expected, seen);
        }
    }

    private bool MatchesMark(string mark, JsonNode? seen, List<(Slot, long)> learnt)
    {
        if (mark == Any)
            return true;
        if (mark.StartsWith(ErrorMark, StringComparison.Ordinal))
        {
            return seen is JsonObject error && error["message"] is not null && error["code"] is { } code
                && (mark.Length == ErrorMark.Length || mark[ErrorMark.Length..] == code.ToJsonString());
        }

        var slot = _slots[mark];
        if (!slot.Fits(seen, out var value))
            return false;
        learnt.Add((slot, value));
        return true;
    }
}
