using System.ComponentModel;

namespace McpGateway.Configuration.Model;

/// <summary>The key <c>tools</c> of a server.</summary>
internal sealed class ToolsEntry : FileObject
{
    [Description("What may be used: names of tools and prompts, URIs of resources. * matches any text. Case-sensitive. Default: "
        + "everything.")]
    public IReadOnlyList<string>? Allow { get; init; }

    [Description("What may not be used, even if allow lists it. * matches any text. Case-insensitive.")]
    public IReadOnlyList<string>? Deny { get; init; }

    [Description("Scopes that a caller needs for what matches the key, in addition to those of auth. * matches any text. "
        + "Case-insensitive.")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Scopes { get; init; }
}
