namespace McpGateway.Configuration;

public sealed class LimitsOptions
{
    public int RequestBodyBytes { get; set; } = 4194304;
    public int MessageBytes { get; set; } = 16777216;
    public long? QueuedBytes { get; set; }
    public int Sessions { get; set; } = 10000;
    public int SessionsPerUser { get; set; } = 100;
}
