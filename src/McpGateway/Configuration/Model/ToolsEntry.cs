using System.ComponentModel;

namespace McpGateway.Configuration.Model;

/// <summary>The key <c>tools</c> of a server.</summary>
internal sealed class ToolsEntry : FileObject
{
    [Description("What may be used: names of tools and prompts, URIs of resources; * stands for any text. Upper and lower case differ. Without it: all.")]
    public IReadOnlyList<string>? Allow { get; init; }

    [Description("What may not be used, whatever allow says; * stands for any text. Upper and lower case are the same.")]
    public IReadOnlyList<string>? Deny { get; init; }

    [Description("Scopes that a caller must have for what matches, beside those of auth; * stands for any text. Upper and lower case are the same.")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Scopes { get; init; }
}
