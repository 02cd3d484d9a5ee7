using System.ComponentModel;

namespace McpGateway.Configuration.Model;

/// <summary>The key <c>auth</c> of a server.</summary>
internal sealed class AuthEntry : FileObject
{
    [Description("Scopes that a caller's token or key must have, all of them.")]
    public IReadOnlyList<string>? Scopes { get; init; }

    [Description("Claims that a caller must have: each of those named here, with one of its values. Upper and lower case differ.")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Claims { get; init; }
}
