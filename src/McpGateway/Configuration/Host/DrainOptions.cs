namespace McpGateway.Configuration;

public sealed class DrainOptions
{
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(5);
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}
