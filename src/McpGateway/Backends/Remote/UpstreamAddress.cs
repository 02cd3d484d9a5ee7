namespace McpGateway.Backends.Remote;

/// <summary>An address of a remote server.</summary>
/// <param name="Destination">Its name in the cluster.</param>
/// <param name="Url">As configured.</param>
internal sealed record UpstreamAddress(string Destination, Uri Url);
