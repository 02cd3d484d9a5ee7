using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace McpGateway.Configuration.Model;

/// <summary>A key of gateway.json: the model's property that it fills, and what is known of it.</summary>
internal sealed class FileKey
{
    private static readonly ConcurrentDictionary<Type, FileKey[]> Known = new();

    private readonly JsonPropertyInfo _property;

    private FileKey(JsonPropertyInfo property)
    {
        _property = property;
        Rules = RulesOf(property);
        Type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
    }

    /// <summary>The contract shared by the reader and the schema.</summary>
    public static JsonSerializerOptions Contract { get; } = MakeContract();

    public string Name => _property.Name;

    public Type Type { get; }

    public FileKeyAttribute Rules { get; }

    public static IReadOnlyList<FileKey> Of(Type type) =>
        Known.GetOrAdd(type, type =>
            [.. Contract.GetTypeInfo(type).Properties.Where(IsInFile).Select(property => new FileKey(property))]);

    public static FileKeyAttribute RulesOf(JsonPropertyInfo property) =>
        (property.AttributeProvider as MemberInfo)?.GetCustomAttribute<FileKeyAttribute>() ?? new FileKeyAttribute();

    public bool IsCalled(string name) => name == Name || Rules.Aliases.Contains(name);

    public void Set(object entry, object? value) => _property.Set!(entry, value);

    // What the contract ignores stays in its list, without accessors.
    private static bool IsInFile(JsonPropertyInfo property) => property.Set is not null;

    private static JsonSerializerOptions MakeContract()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            // Not for HTML: an apostrophe stays one.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            WriteIndented = true,
            NewLine = "\n",
        };
        options.MakeReadOnly();
        return options;
    }
}
