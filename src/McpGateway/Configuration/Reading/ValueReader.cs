using System.Text.Json;
using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>Reads the value of a key. Every string in it passes through <paramref name="expand"/>.</summary>
internal sealed class ValueReader(Func<string, JsonPath, string?> expand, Findings findings)
{
    public const string HoldsNul = "contains a NUL character, which is not allowed in arguments, variables and headers";

    /// <returns>The value; null after an error, which has been reported.</returns>
    public object? Read(FileKey key, JsonElement value, JsonPath path)
    {
        if (key.Type == typeof(string))
            return ReadChoice(key.Rules, value, path);
        if (key.Type == typeof(IReadOnlyList<string>))
            return ReadList(value, path);
        if (key.Type == typeof(IReadOnlyDictionary<string, string>))
            return ReadMap(value, path);
        if (key.Type == typeof(IReadOnlyDictionary<string, IReadOnlyList<string>>))
            return ReadLists(value, path);
        if (key.Type == typeof(bool))
            return ReadSwitch(value, path);
        if (key.Type == typeof(int))
            return ReadNumber(key.Rules, value, path);
        if (key.Type == typeof(TimeSpan))
            return ReadDuration(value, path);
        throw new NotSupportedException($"There is no reader for the type of {key.Name}: {key.Type}");
    }

    private string? ReadChoice(FileKeyAttribute rules, JsonElement value, JsonPath path)
    {
        var text = ReadText(value, path, "write a string");
        if (text is null || rules.Choices.Length == 0 || rules.Choices.Contains(text))
            return text;
        return Fail<string>(path, $"write one of: {string.Join(", ", rules.Choices)}");
    }

    private List<string>? ReadList(JsonElement value, JsonPath path)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return Fail<List<string>>(path, "write an array of strings");
        var list = new List<string>();
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            if (ReadText(item, path.Item(index), "write a string") is { } text)
                list.Add(text);
        }

        return list;
    }

    private Dictionary<string, string>? ReadMap(JsonElement value, JsonPath path)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return Fail<Dictionary<string, string>>(path, "write an object whose values are strings");
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            var here = path.Property(member.Name);
            // Many real files contain unquoted numbers and booleans here. Only their text can be meant.
            var text = member.Value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False
                ? member.Value.GetRawText()
                : ReadText(member.Value, here, "write a string: \"\" for an empty value, or remove the key", ofUser: true);
            if (text is not null)
                map[member.Name] = text;
        }

        return map;
    }

    private Dictionary<string, IReadOnlyList<string>>? ReadLists(JsonElement value, JsonPath path)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return Fail<Dictionary<string, IReadOnlyList<string>>>(path, "write an object whose values are arrays of strings");
        var lists = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            if (ReadList(member.Value, path.Property(member.Name)) is { } list)
                lists[member.Name] = list;
        }

        return lists;
    }

    private object? ReadSwitch(JsonElement value, JsonPath path) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : Fail<object>(path, "write true or false, without quotes");

    private object? ReadNumber(FileKeyAttribute rules, JsonElement value, JsonPath path) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
        && number >= rules.Minimum && number <= rules.Maximum
            ? number
            : Fail<object>(path, $"write a whole number from {rules.Minimum} to {rules.Maximum}, without quotes");

    private object? ReadDuration(JsonElement value, JsonPath path)
    {
        const string Form = "write a time as \"hh:mm:ss\", more than zero and at most 24 hours";
        if (value.ValueKind == JsonValueKind.Number && Duration.FromSeconds(value.GetDouble()) is { } meant)
            return Fail<object>(path, $"{Form}; did you mean \"{meant}\"?");
        if (ReadText(value, path, Form) is not { } text)
            return null;
        return Duration.TryParse(text, out var duration) ? duration : Fail<object>(path, Form);
    }

    // Only env and headers may contain values of a user: everything else is the same for all callers.
    private string? ReadText(JsonElement value, JsonPath path, string advice, bool ofUser = false)
    {
        if (value.ValueKind != JsonValueKind.String)
            return Fail<string>(path, advice);
        var written = value.GetString()!;
        if (written.Contains('\0'))
            return Fail<string>(path, HoldsNul);
        var text = expand(written, path);
        return !ofUser && text is not null && UserText.HasPlaceholder(text)
            ? Fail<string>(path, "${claim:…} and ${header:…} are allowed only in the values of env and headers")
            : text;
    }

    private T? Fail<T>(JsonPath path, string message)
        where T : class
    {
        findings.Error(path, message);
        return null;
    }
}
