using System.Text;
using System.Text.Json;
using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>Parses a text into a JSON document whose member names are unique and whose strings are whole.</summary>
internal static class DocumentReader
{
    private static readonly JsonDocumentOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <returns>The document; null when it cannot be read, which has then been reported.</returns>
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
            findings.Error(JsonPath.Root, $"not JSON from line {e.LineNumber + 1}, column {Column(text, e)} on; "
                + "look there for a missing comma, quote or bracket");
            return null;
        }
        catch (InvalidOperationException)
        {
            findings.Error(JsonPath.Root, "a string holds half of a surrogate pair; write both \\u halves, or the character");
            return null;
        }
    }

    // Serializers disagree on which of two equal names holds, so neither may.
    private static void Scan(JsonElement element, JsonPath path, Findings findings)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            // Throws where an escape cannot be decoded, which parsing leaves to whoever asks.
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
                    findings.Error(path.Property(member.Name), "stands here twice; leave one of them out");
                Scan(member.Value, path.Property(member.Name), findings);
            }
        }
    }

    // The exception counts bytes, an editor characters.
    private static int Column(string text, JsonException e)
    {
        var line = text.AsSpan();
        for (var skipped = 0L; skipped < e.LineNumber; skipped++)
            line = line[(line.IndexOf('\n') + 1)..];
        var bytes = Encoding.UTF8.GetBytes(line.ToString());
        return Encoding.UTF8.GetCharCount(bytes, 0, (int)Math.Min(e.BytePositionInLine ?? 0, bytes.Length)) + 1;
    }
}
