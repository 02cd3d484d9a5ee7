namespace McpGateway.Configuration;

/// <summary>Section <c>Access:Cors</c>.</summary>
internal sealed class AccessCorsOptions
{
    /// <summary>
    /// Origins whose web pages may call the gateway, such as https://app.example.com; <c>*</c> for all. Default: none.
    /// </summary>
    public IReadOnlyList<string> Origins { get; set => field = value ?? []; } = [];
}
