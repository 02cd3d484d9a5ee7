namespace McpGateway.Configuration.Model;

/// <summary>The servers that a key is for.</summary>
internal enum ServerKind
{
    Any,
    Stdio,
    Remote,
}
