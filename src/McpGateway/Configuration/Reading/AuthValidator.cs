using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>Checks the key <c>auth</c> of a server.</summary>
internal sealed class AuthValidator(Findings findings)
{
    public ServerAuthConfig Validate(AuthEntry? entry)
    {
        if (entry is null)
            return new ServerAuthConfig();
        foreach (var (index, scope) in (entry.Scopes ?? []).Index())
        {
            if (!Scope.IsValid(scope))
                findings.Error(entry.PathOf("scopes").Item(index), Scope.Advice);
        }

        var claims = entry.Claims ?? new Dictionary<string, IReadOnlyList<string>>();
        foreach (var (name, values) in claims)
            CheckClaim(name, values, entry.PathOf("claims").Property(name));
        return new ServerAuthConfig
        {
            Scopes = new EquatableList<string>((entry.Scopes ?? []).Distinct()),
            Claims = new EquatableMap<EquatableList<string>>(
                claims.Select(claim => KeyValuePair.Create(claim.Key, new EquatableList<string>(claim.Value.Distinct())))),
        };
    }

    private void CheckClaim(string name, IReadOnlyList<string> values, JsonPath path)
    {
        if (name.Length == 0 || name.Trim() != name)
            findings.Error(path, "is not a valid claim name; write it as in the token, such as groups");
        // Access splits these two claims into single scopes, so a rule for their whole text would never match.
        else if (name is "scope" or "scp")
            findings.Error(path, "contains scopes, which are not compared as claims; write them in auth.scopes");
        if (values.Count == 0)
            findings.Error(path, "lists no value, so nobody could use the server; list at least one, or remove the claim");
    }
}
