using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>Checks the file as a whole: the names of the servers, and the default server.</summary>
internal sealed class GatewayFileValidator(FilesRead files, Findings findings)
{
    public GatewayConfig Validate(GatewayFile file)
    {
        if (file.McpServers is not { } entries)
        {
            // After another error, the missing servers are only its consequence.
            if (findings.Errors.Count == 0)
                findings.Error(JsonPath.Root, "has no servers; add \"mcpServers\": { \"name\": { \"command\": \"…\" } }");
            return GatewayConfig.Empty;
        }

        var servers = new List<ServerConfig>();
        // A disabled server may have any name, and an unfinished entry.
        foreach (var (name, entry) in entries.Where(server => server.Value.Disabled != true))
        {
            CheckName(name, entries, entry.Path);
            if (new ServerEntryValidator(files, findings).Validate(name, entry) is { } server)
                servers.Add(server);
        }

        CheckDefault(file, entries);
        return new GatewayConfig
        {
            Default = file.Default,
            Servers = new EquatableMap<ServerConfig>(servers.Select(server => KeyValuePair.Create(server.Name, server))),
        };
    }

    private void CheckName(string name, IReadOnlyDictionary<string, ServerEntry> entries, JsonPath path)
    {
        if (ServerName.IsValid(name))
            return;
        var reason = ServerName.IsReserved(name)
            ? "is reserved for a path of the gateway"
            : "is not allowed in a URL; use at most 63 lower-case letters, digits, - and _";
        findings.Error(path, $"the name {reason}; write \"{ServerName.Propose(name, [.. entries.Keys])}\"");
    }

    private void CheckDefault(GatewayFile file, IReadOnlyDictionary<string, ServerEntry> entries)
    {
        // An entry that is not an object was reported as an error and is missing from the entries.
        if (file.Default is not { } name || findings.HasErrorIn(file.PathOf("mcpServers").Property(name)))
            return;
        var path = file.PathOf("default");
        if (!entries.TryGetValue(name, out var entry))
            findings.Error(path, $"is not the name of a server in this file; write one of: {Names(entries)}; or remove the key");
        else if (entry.Disabled == true)
            findings.Error(path, "is the name of a disabled server; write another, or enable the server");
    }

    private static string Names(IReadOnlyDictionary<string, ServerEntry> entries) => string.Join(", ", entries
        .Where(server => server.Value.Disabled != true && ServerName.IsValid(server.Key))
        .Select(server => server.Key));
}
