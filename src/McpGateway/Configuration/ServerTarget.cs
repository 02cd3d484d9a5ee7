namespace McpGateway.Configuration;

/// <summary>What a server's messages are sent to: a child process or a remote URL.</summary>
internal abstract record ServerTarget;
