using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace McpGateway.Configuration.Model;

/// <summary>A key of gateway.json: the property that it fills, and its rules.</summary>
internal sealed class FileKey
{
    // Reflection is slow, and a file may have many servers.
    private static readonly ConcurrentDictionary<Type, FileKey[]> Known = new();

    private readonly JsonPropertyInfo _property;

    private FileKey(JsonPropertyInfo property)
    {
        _property = property;
        Rules = RulesOf(property);
        Type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
    }

    /// <summary>The JSON contract that the reader and the schema share.</summary>
    public static JsonSerializerOptions Contract { get; } = MakeContract();

    public string Name => _property.Name;

    public Type Type { get; }

    public FileKeyAttribute Rules { get; }

    public static IReadOnlyList<FileKey> Of(Type type) =>
        Known.GetOrAdd(type, type =>
            [.. Contract.GetTypeInfo(type).Properties.Where(IsInFile).Select(property => new FileKey(property))]);

    public static FileKeyAttribute RulesOf(JsonPropertyInfo property) =>
        (property.AttributeProvider as MemberInfo)?.GetCustomAttribute<FileKeyAttribute>() ?? new FileKeyAttribute();

    public bool HasName(string name) => name == Name || Rules.Aliases.Contains(name);

    public void Set(object entry, object? value) => _property.Set!(entry, value);

    // A property with [JsonIgnore] stays in the contract's list, but without accessors.
    private static bool IsInFile(JsonPropertyInfo property) => property.Set is not null;

    private static JsonSerializerOptions MakeContract()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            // The schema is never embedded in HTML, so an apostrophe need not become \u0027.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            WriteIndented = true,
            NewLine = "\n",
        };
        options.MakeReadOnly();
        return options;
    }
}
