using System.ComponentModel;

namespace McpGateway.Configuration.Model;

/// <summary>The key <c>cors</c> of a server.</summary>
internal sealed class CorsEntry : FileObject
{
    [Description("Origins whose web pages may call the server, in addition to Access:Cors:Origins. "
        + "\"*\" allows all origins, and requires that callers authenticate.")]
    public IReadOnlyList<string>? Origins { get; init; }
}
