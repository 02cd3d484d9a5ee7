using System.Text.Json.Serialization;

namespace McpGateway.Configuration.Model;

/// <summary>An object of gateway.json that remembers where it stood, so that errors found later have their path.</summary>
internal abstract class FileObject
{
    private readonly Dictionary<string, string> _written = new(StringComparer.Ordinal);

    [JsonIgnore]
    public JsonPath Path { get; init; } = JsonPath.Root;

    /// <summary>Whether the key stands in the file, also when its value turned out wrong and was left out here.</summary>
    public bool Has(string key) => _written.ContainsKey(key);

    /// <summary>Where the key's value stands, under the name that the file gives it.</summary>
    public JsonPath PathOf(string key) => Path.Property(_written.GetValueOrDefault(key, key));

    /// <summary>Notes that the key stands in the file under one of its names.</summary>
    /// <returns>The other name under which it was noted before; null when there is none.</returns>
    public string? NoteAs(FileKey key, string name)
    {
        if (_written.TryAdd(key.Name, name) || _written[key.Name] == name)
            return null;
        return _written[key.Name];
    }
}
