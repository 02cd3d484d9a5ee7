using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>Checks the file as a whole: names, and the server that is the default.</summary>
internal sealed class GatewayFileValidator(FilesRead files, Findings findings)
{
    public GatewayConfig Validate(GatewayFile file)
    {
        if (file.McpServers is not { } entries)
        {
            if (findings.Errors.Count == 0)
                findings.Error(JsonPath.Root, "has no servers; write \"mcpServers\": { \"name\": { \"command\": \"…\" } }");
            return GatewayConfig.Empty;
        }

        var servers = new List<ServerConfig>();
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
            ? "is a path of the gateway's own"
            : "cannot be part of a URL here: lower-case letters, digits, - and _, at most 63";
        findings.Error(path, $"the name {reason}; write \"{ServerName.Propose(name, [.. entries.Keys])}\"");
    }

    private void CheckDefault(GatewayFile file, IReadOnlyDictionary<string, ServerEntry> entries)
    {
        // Of an entry that is no object only the error is left.
        if (file.Default is not { } name || findings.HasErrorIn(file.PathOf("mcpServers").Property(name)))
            return;
        var path = file.PathOf("default");
        if (!entries.TryGetValue(name, out var entry))
            findings.Error(path, $"names no server of this file; write one of: {Names(entries)}; or leave it out");
        else if (entry.Disabled == true)
            findings.Error(path, "names a disabled server; name another, or enable it");
    }

    private static string Names(IReadOnlyDictionary<string, ServerEntry> entries) => string.Join(", ", entries
        .Where(server => server.Value.Disabled != true && ServerName.IsValid(server.Key))
        .Select(server => server.Key));
}
