namespace McpGateway.Backends.Remote;

/// <summary>An address and the connections to it.</summary>
internal sealed record UpstreamLink(HttpMessageInvoker Client, UpstreamAddress Address);
