namespace McpGateway.Tests.Architecture;

/// <summary>What lies within <paramref name="Scope"/> may be used in <paramref name="Folders"/> only.</summary>
internal sealed record Restriction(string Scope, params string[] Folders)
{
    public bool Allow(string layer, string name) =>
        !LayoutRules.IsWithin(name, Scope) || Folders.Any(folder => LayoutRules.IsWithin(layer, folder));
}
