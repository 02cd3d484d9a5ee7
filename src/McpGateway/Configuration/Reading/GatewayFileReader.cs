using System.Text.Json;
using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>Reads a JSON document into the file model key by key, so that every error is found and has its path.</summary>
internal sealed class GatewayFileReader(Expander expander, Findings findings)
{
    // Variables are expanded only inside a server: its name and the default must not depend on the environment.
    private readonly ValueReader _literal = new((text, _) => text, findings);
    private readonly ValueReader _expanded = new(expander.Expand, findings);

    /// <returns>The model. A value with an error is left out, and the error is reported.</returns>
    public GatewayFile Read(JsonElement root)
    {
        var file = new GatewayFile();
        if (root.ValueKind != JsonValueKind.Object)
            findings.Error(JsonPath.Root, "must be an object with the key mcpServers");
        else
            Fill(file, root, _literal, unknown: (_, _) => { });
        return file;
    }

    private void Fill(FileObject target, JsonElement element, ValueReader values, Action<string, JsonPath> unknown)
    {
        foreach (var member in element.EnumerateObject())
        {
            var here = target.Path.Property(member.Name);
            var key = FileKey.Of(target.GetType()).FirstOrDefault(key => key.HasName(member.Name));
            if (key is null)
                unknown(member.Name, here);
            else if (member.Value.ValueKind == JsonValueKind.Null)
                continue;
            else if (target.RecordAs(key, member.Name) is { } other)
                findings.Error(here, $"is another name for {other}, which is also present; remove one of them");
            else
                key.Set(target, Read(key, member.Value, here, values));
        }
    }

    private object? Read(FileKey key, JsonElement value, JsonPath path, ValueReader values)
    {
        if (key.Type == typeof(IReadOnlyDictionary<string, ServerEntry>))
            return ReadServers(value, path);
        return RulesOf(key.Type, path) is { } rules ? ReadRules(rules, value) : values.Read(key, value, path);
    }

    private static FileObject? RulesOf(Type type, JsonPath path) =>
        type == typeof(AuthEntry) ? new AuthEntry { Path = path }
        : type == typeof(ToolsEntry) ? new ToolsEntry { Path = path }
        : type == typeof(CorsEntry) ? new CorsEntry { Path = path }
        : type == typeof(RateLimitEntry) ? new RateLimitEntry { Path = path }
        : null;

    // Only the gateway defines keys here, so an unknown one is a misspelled rule. Ignoring it would leave something unprotected.
    private FileObject? ReadRules(FileObject rules, JsonElement element)
    {
        var known = string.Join(", ", FileKey.Of(rules.GetType()).Select(key => key.Name));
        if (element.ValueKind != JsonValueKind.Object)
        {
            findings.Error(rules.Path, $"write an object with the keys {known}");
            return null;
        }

        Fill(rules, element, _expanded, (_, path) =>
            findings.Error(path, $"is unknown, so it would protect nothing; the known keys are {known}"));
        return rules;
    }

    private Dictionary<string, ServerEntry>? ReadServers(JsonElement element, JsonPath path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            findings.Error(path, "write an object whose keys are the names of the servers");
            return null;
        }

        var servers = new Dictionary<string, ServerEntry>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            if (ReadServer(member.Value, path.Property(member.Name)) is { } server)
                servers.TryAdd(member.Name, server); // DocumentReader has already reported a duplicate
        }

        return servers;
    }

    private ServerEntry? ReadServer(JsonElement element, JsonPath path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            findings.Error(path, "write an object with command or url");
            return null;
        }

        // A disabled server may be unfinished, so its other keys are not checked.
        if (element.TryGetProperty("disabled", out var disabled) && disabled.ValueKind == JsonValueKind.True)
            return new ServerEntry { Path = path, Disabled = true };
        var server = new ServerEntry { Path = path };
        Fill(server, element, _expanded, new UnknownKeys(findings).Report);
        return server;
    }
}
