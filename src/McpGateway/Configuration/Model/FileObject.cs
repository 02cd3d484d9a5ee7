using System.Text.Json.Serialization;

namespace McpGateway.Configuration.Model;

/// <summary>An object of gateway.json that remembers its path, for errors that are found after it was read.</summary>
internal abstract class FileObject
{
    private readonly Dictionary<string, string> _written = new(StringComparer.Ordinal);

    [JsonIgnore]
    public JsonPath Path { get; init; } = JsonPath.Root;

    /// <summary>Whether the key is in the file. Also true when its value was invalid and the property was not set.</summary>
    public bool Has(string key) => _written.ContainsKey(key);

    /// <summary>The path of the key's value, with the name that the file uses.</summary>
    public JsonPath PathOf(string key) => Path.Property(_written.GetValueOrDefault(key, key));

    /// <summary>Records that the file contains the key, under one of its names.</summary>
    /// <returns>The other name under which the file contains it too; null when there is none.</returns>
    public string? RecordAs(FileKey key, string name)
    {
        if (_written.TryAdd(key.Name, name) || _written[key.Name] == name)
            return null;
        return _written[key.Name];
    }
}
