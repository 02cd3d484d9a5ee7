using System.ComponentModel;

namespace McpGateway.Configuration;

/// <summary>The key <c>auth</c> of a server.</summary>
internal sealed class AuthEntry : FileObject
{
    [Description("Scopes that a caller's token or key must have, all of them.")]
    public IReadOnlyList<string>? Scopes { get; init; }
}
