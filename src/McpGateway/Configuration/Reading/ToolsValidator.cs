using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>Checks the key <c>tools</c> of a server.</summary>
internal sealed class ToolsValidator(Findings findings)
{
    /// <returns>Null when there are no rules.</returns>
    public ServerToolsConfig? Validate(ToolsEntry? entry)
    {
        if (entry is null)
            return null;
        CheckPatterns(entry.Allow, entry.PathOf("allow"));
        CheckPatterns(entry.Deny, entry.PathOf("deny"));
        foreach (var (pattern, scopes) in entry.Scopes ?? new Dictionary<string, IReadOnlyList<string>>())
            CheckScopes(pattern, scopes, entry.PathOf("scopes").Property(pattern));
        if (entry.Allow is { Count: 0 })
            findings.Warn(entry.PathOf("allow"), "allows nothing at all; write [\"*\"] to allow everything, or remove the key");
        var tools = new ServerToolsConfig
        {
            Allow = entry.Allow is { } allow ? new EquatableList<string>(allow) : null,
            Deny = new EquatableList<string>(entry.Deny ?? []),
            Scopes = new EquatableMap<EquatableList<string>>((entry.Scopes ?? new Dictionary<string, IReadOnlyList<string>>())
                .Select(rule => KeyValuePair.Create(rule.Key, new EquatableList<string>(rule.Value.Distinct())))),
        };
        // Null without rules, so that a message to such a server costs only one comparison.
        return tools.HasRules ? tools : null;
    }

    private void CheckPatterns(IReadOnlyList<string>? patterns, JsonPath path)
    {
        foreach (var (index, pattern) in (patterns ?? []).Index())
            CheckPattern(pattern, path.Item(index));
    }

    private void CheckScopes(string pattern, IReadOnlyList<string> scopes, JsonPath path)
    {
        CheckPattern(pattern, path);
        if (scopes.Count == 0)
            findings.Error(path, "lists no scope, so it would protect nothing; list at least one, or remove the pattern");
        foreach (var (index, scope) in scopes.Index())
        {
            if (!Scope.IsValid(scope))
                findings.Error(path.Item(index), Scope.Advice);
        }
    }

    // Surrounding spaces or a control character are typing errors: such a pattern would match nothing.
    private void CheckPattern(string pattern, JsonPath path)
    {
        if (pattern.Length == 0 || pattern.Trim() != pattern || pattern.Any(char.IsControl))
        {
            findings.Error(path,
                "is not a valid pattern; write the name of a tool or prompt or the URI of a resource, with * for any text, "
                + "such as delete_*");
        }
    }
}
