namespace McpGateway.Configuration;

/// <summary>Section <c>Access:Cors</c>.</summary>
public sealed class AccessCorsOptions
{
    /// <summary>Origins whose pages may call the gateway, such as https://app.example.com, or <c>*</c> for all. Default: none.</summary>
    public IReadOnlyList<string> Origins { get; set => field = value ?? []; } = [];
}
