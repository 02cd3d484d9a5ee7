using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace McpGateway.Http;

/// <summary>What a client sends and accepts.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";
    public const string EventStream = "text/event-stream";
    public const string Both = Json + ", " + EventStream;

    /// <summary>Whether the header allows the type. Without it everything is allowed (RFC 9110, section 12.5.1).</summary>
    public static bool Accepts(StringValues accept, string type)
    {
        // What nearly all clients send, without the cost of parsing it.
        if (accept.Count == 0 || (accept.Count == 1 && accept[0] is "*/*" or Both))
            return true;
        return MediaTypeHeaderValue.TryParseList(accept, out var ranges)
            && ranges.Where(range => Covers(range, type)).MaxBy(Precision) is { Quality: not 0 };
    }

    /// <summary>Whether a body is JSON in UTF-8, as far as its header says.</summary>
    public static bool IsJson(string? contentType)
    {
        if (contentType is Json)
            return true;
        return MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)
            // JSON has no charset parameter, but clients send one. Anything but UTF-8 would be misread (RFC 8259, section 8.1).
            && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
                || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));
    }

    // The most precise range decides: "*/*, text/event-stream;q=0" wants all but events.
    private static int Precision(MediaTypeHeaderValue range) => range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2;

    private static bool Covers(MediaTypeHeaderValue range, string type) =>
        range.MatchesAllTypes || range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)
        || (range.MatchesAllSubTypes && type.StartsWith(range.Type.Value + "/", StringComparison.OrdinalIgnoreCase));
}
