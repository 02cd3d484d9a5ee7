using System.Text.Json;
using System.Text.Json.Nodes;
using McpGateway.Configuration;
using McpGateway.Configuration.Model;

namespace McpGateway.Tests.Configuration;

public sealed class GatewaySchemaTests
{
    private static readonly string CheckedIn = RepositoryFolder.File("config", "gateway.schema.json");

    [Fact]
    public void Schema_CheckedIn_IsWhatTheTypesGive()
    {
        var schema = GatewaySchema.Create();
        if (Environment.GetEnvironmentVariable("UPDATE_SCHEMA") == "1")
            File.WriteAllText(CheckedIn, schema);
        Assert.Equal(schema, File.ReadAllText(CheckedIn));
    }

    [Fact]
    public void Schema_EveryKeyThatTheLoaderKnows_IsDescribed()
    {
        var properties = Servers()["additionalProperties"]!["properties"]!.AsObject();
        var known = FileKey.Of(typeof(ServerEntry)).SelectMany(key => key.Rules.Aliases.Prepend(key.Name));
        Assert.Equal(known.Order(), properties.Select(property => property.Key).Order());
        Assert.All(properties, property => Assert.NotEmpty((string?)property.Value!["description"] ?? ""));
    }

    [Fact]
    public void Schema_ForeignKeys_AreTolerated()
    {
        Assert.DoesNotContain("\"additionalProperties\": false", GatewaySchema.Create(), StringComparison.Ordinal);
    }

    [Fact]
    public void Schema_Aliases_PointAtWhatTheyStandFor()
    {
        var root = JsonNode.Parse(GatewaySchema.Create())!;
        var references = root.ToJsonString().Split("\"$ref\":\"#/")[1..]
            .Select(rest => rest[..rest.IndexOf('"', StringComparison.Ordinal)]);
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.NotNull(reference.Split('/').Aggregate(root, (node, part) => node?[part]!)));
    }

    [Fact]
    public void Schema_ServerNames_HaveThePatternAndReservedNames()
    {
        var names = Servers()["propertyNames"]!;
        Assert.Equal("^[a-z0-9][a-z0-9_-]{0,62}$", (string?)names["pattern"]);
        Assert.Contains("well-known", names["not"]!["enum"].Deserialize<string[]>()!);
    }

    private static JsonNode Servers() => JsonNode.Parse(GatewaySchema.Create())!["properties"]!["mcpServers"]!;
}
