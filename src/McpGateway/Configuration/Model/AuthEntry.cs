using System.ComponentModel;

namespace McpGateway.Configuration.Model;

/// <summary>The key <c>auth</c> of a server.</summary>
internal sealed class AuthEntry : FileObject
{
    [Description("Scopes that the caller's token or API key must have. All of them are required.")]
    public IReadOnlyList<string>? Scopes { get; init; }

    [Description("Claims that the caller's token must have. Every claim listed here is required, with one of its values. "
        + "Case-sensitive.")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Claims { get; init; }
}
