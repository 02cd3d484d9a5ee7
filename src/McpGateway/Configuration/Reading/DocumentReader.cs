using System.Text;
using System.Text.Json;
using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>Parses a text into a JSON document with unique member names and well-formed strings.</summary>
internal static class DocumentReader
{
    private static readonly JsonDocumentOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <returns>The document; null after an error, which has been reported.</returns>
    public static JsonDocument? Read(string text, Findings findings)
    {
        try
        {
            var document = JsonDocument.Parse(text, Lenient);
            Scan(document.RootElement, JsonPath.Root, findings);
            return document;
        }
        catch (JsonException e)
        {
            findings.Error(JsonPath.Root, $"is not valid JSON at line {e.LineNumber + 1}, column {Column(text, e)}; "
                + "check that position for a missing comma, quote or bracket");
            return null;
        }
        catch (InvalidOperationException)
        {
            findings.Error(JsonPath.Root, "contains a string with half of a surrogate pair; write both \\u halves, or the "
                + "character itself");
            return null;
        }
    }

    // Parsers disagree on which of two members with the same name counts (RFC 8259, section 4), so both are rejected. The
    // recursion is bounded, because the parser has refused more than 64 levels.
    private static void Scan(JsonElement element, JsonPath path, Findings findings)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            // JsonDocument.Parse does not decode strings. GetString throws when an escape is half of a surrogate pair.
            element.GetString();
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var (index, item) in element.EnumerateArray().Index())
                Scan(item, path.Item(index), findings);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var member in element.EnumerateObject())
            {
                if (!names.Add(member.Name))
                    findings.Error(path.Property(member.Name), "is defined twice; remove one of them");
                Scan(member.Value, path.Property(member.Name), findings);
            }
        }
    }

    // JsonException counts UTF-8 bytes, editors count characters.
    private static int Column(string text, JsonException e)
    {
        var line = text.AsSpan();
        for (var skipped = 0L; skipped < e.LineNumber; skipped++)
            line = line[(line.IndexOf('\n') + 1)..];
        var bytes = Encoding.UTF8.GetBytes(line.ToString());
        return Encoding.UTF8.GetCharCount(bytes, 0, (int)Math.Min(e.BytePositionInLine ?? 0, bytes.Length)) + 1;
    }
}
