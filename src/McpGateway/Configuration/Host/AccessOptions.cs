namespace McpGateway.Configuration;

public sealed class AccessOptions
{
    public bool? Anonymous { get; set; }
    public string[] AllowedHosts { get; set; } = ["localhost", "127.0.0.1", "[::1]"];
}
