using System.ComponentModel;

namespace McpGateway.Configuration.Model;

/// <summary>The key <c>cors</c> of a server.</summary>
internal sealed class CorsEntry : FileObject
{
    [Description("Origins whose pages may call the server, besides those of Access:Cors:Origins. \"*\": all, where callers must authenticate.")]
    public IReadOnlyList<string>? Origins { get; init; }
}
