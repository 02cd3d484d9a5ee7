using McpGateway.Configuration;

namespace McpGateway.Policies.Items;

/// <summary>The rules of one server (<c>tools</c> in gateway.json) on what its clients may use.</summary>
internal readonly struct ToolRules(ServerToolsConfig config)
{
    /// <summary>Whether this may be used by anybody.</summary>
    public bool Allow(string name) =>
        // Strict where something is allowed, lenient where it is forbidden: both are safe for a server that ignores case.
        (config.Allow is null || MatchesAny(config.Allow, name, ignoreCase: false)) && !IsDenied(name);

    /// <summary>Whether a message may use this, whatever the server lists.</summary>
    public bool Allow(in RequestedItem item) => item.Name is { } name
        && (item.Kind is ItemKind.Resource ? ResourceUri.Readings(name) is { } readings && AllowAll(readings) : Allow(name));

    /// <summary>What a caller lacks for this: all that it needs, when it does not have all of it.</summary>
    public IReadOnlyList<string> MissingFor(in RequestedItem item, CallerScopes granted)
    {
        // An item without a name is refused by Allow, so nothing is let through here.
        if (config.Scopes.Count == 0 || item.Name is not { } name)
            return [];
        List<string>? needed = null;
        var readings = item.Kind is ItemKind.Resource
            ? ResourceUri.WithSlashesMerged(ResourceUri.Readings(name) ?? [])
            : [name];
        foreach (var reading in readings)
        {
            foreach (var (pattern, scopes) in config.Scopes)
            {
                if (Wildcard.Matches(pattern, reading, ignoreCase: true))
                    (needed ??= []).AddRange(scopes);
            }
        }

        // All of them and not only those that are missing: the challenge must name what the new token needs in full (RFC 6750,
        // section 3.1), or the client would have to come back for each.
        return needed is null || needed.TrueForAll(granted.Include) ? [] : [.. needed.Distinct()];
    }

    private bool AllowAll(IReadOnlyList<string> readings) =>
        readings.All(Allow) && !ResourceUri.WithSlashesMerged(readings).Any(IsDenied);

    private bool IsDenied(string name) => MatchesAny(config.Deny, name, ignoreCase: true);

    private static bool MatchesAny(EquatableList<string> patterns, string name, bool ignoreCase)
    {
        for (var i = 0; i < patterns.Count; i++)
        {
            if (Wildcard.Matches(patterns[i], name, ignoreCase))
                return true;
        }

        return false;
    }
}
