using System.ComponentModel;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace McpGateway.Configuration.Model;

/// <summary>
/// The JSON schema of gateway.json, generated from the file's types. It accepts everything that the loader accepts.
/// </summary>
internal static class GatewaySchema
{
    // Any string may contain an expansion, and only the loader knows its result.
    private const string HoldsExpansion = @"\$\{";

    private static readonly JsonSchemaExporterOptions Exporter = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = static (context, node) => Transform(context, node),
    };

    /// <summary>The schema as it is checked in, with a trailing newline.</summary>
    public static string Create()
    {
        var root = FileKey.Contract.GetJsonSchemaAsNode(typeof(GatewayFile), Exporter).AsObject();
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", "gateway.json");
        return root.ToJsonString(FileKey.Contract) + "\n";
    }

    private static JsonObject Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        // The exporter returns the schema `true` for a type without constraints.
        var schema = node as JsonObject ?? [];
        if (context.PropertyInfo is { } property)
            Constrain(schema, FileKey.RulesOf(property));
        if (context.TypeInfo.Type.IsAssignableTo(typeof(FileObject)))
            AddAliases(schema, context);
        else if (context.TypeInfo.Type == typeof(IReadOnlyDictionary<string, ServerEntry>))
            schema["propertyNames"] = ServerNames();
        else if (context.TypeInfo.Type == typeof(IReadOnlyDictionary<string, string>))
        {
            // The reader accepts these too: many files contain unquoted numbers and booleans in env.
            schema["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") };
        }
        else if (context.TypeInfo.Type == typeof(TimeSpan?))
        {
            // The exporter describes the format of TimeSpan, in a pattern and a comment.
            schema["pattern"] = $"{Duration.Pattern}|{HoldsExpansion}";
            schema.Remove("$comment");
        }

        Describe(schema, context);
        return schema;
    }

    private static void Constrain(JsonObject schema, FileKeyAttribute rules)
    {
        if (rules.Choices.Length > 0)
        {
            schema["anyOf"] = new JsonArray(
                new JsonObject { ["enum"] = new JsonArray([.. rules.Choices.Select(choice => JsonValue.Create(choice))]) },
                new JsonObject { ["pattern"] = HoldsExpansion },
                new JsonObject { ["type"] = "null" });
        }

        if (rules.Minimum != int.MinValue)
            schema["minimum"] = rules.Minimum;
        if (rules.Maximum != int.MaxValue)
            schema["maximum"] = rules.Maximum;
    }

    private static void AddAliases(JsonObject schema, JsonSchemaExporterContext context)
    {
        var properties = schema["properties"]!.AsObject();
        foreach (var key in FileKey.Of(context.TypeInfo.Type))
        {
            foreach (var alias in key.Rules.Aliases)
            {
                properties[alias] = new JsonObject
                {
                    ["description"] = $"Another name for {key.Name}.",
                    ["$ref"] = string.Join('/', ["#", .. context.Path.ToArray(), "properties", key.Name]),
                };
            }
        }
    }

    private static JsonObject ServerNames() => new()
    {
        ["pattern"] = ServerName.Pattern,
        ["not"] = new JsonObject { ["enum"] = new JsonArray([.. ServerName.Reserved.Select(name => JsonValue.Create(name))]) },
    };

    private static void Describe(JsonObject schema, JsonSchemaExporterContext context)
    {
        var owner = context.PropertyInfo?.AttributeProvider ?? context.TypeInfo.Type;
        if (owner.GetCustomAttributes(typeof(DescriptionAttribute), inherit: false) is [DescriptionAttribute text, ..])
            schema.Insert(0, "description", text.Description);
    }
}
