namespace McpGateway.Backends.Remote;

/// <summary>An address and the connections to it.</summary>
public sealed record UpstreamLink(HttpMessageInvoker Client, UpstreamAddress Address);
