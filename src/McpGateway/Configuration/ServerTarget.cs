namespace McpGateway.Configuration;

/// <summary>Where a server's messages go: a child process or a remote URL.</summary>
public abstract record ServerTarget;
