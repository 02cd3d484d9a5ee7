namespace McpGateway.Configuration.Model;

/// <summary>The kind of server that a key applies to.</summary>
internal enum ServerKind
{
    Any,
    Stdio,
    Remote,
}
