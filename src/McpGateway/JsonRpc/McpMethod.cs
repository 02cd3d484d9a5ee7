namespace McpGateway.JsonRpc;

/// <summary>The methods that the gateway treats specially, and the common ones so that reading them allocates nothing.</summary>
public static class McpMethod
{
    public const string Initialize = "initialize";
    public const string Initialized = "notifications/initialized";
    public const string Ping = "ping";
    public const string Cancelled = "notifications/cancelled";
    public const string Progress = "notifications/progress";
    public const string ToolsCall = "tools/call";

    private static readonly (byte[] Utf8, string Name)[] Known =
    [
        .. new[]
        {
            ToolsCall, "tools/list", Progress, Cancelled, Initialize, Initialized, Ping,
            "resources/list", "resources/read", "resources/templates/list", "resources/subscribe",
            "resources/unsubscribe", "prompts/list", "prompts/get", "completion/complete", "logging/setLevel",
            "notifications/message", "notifications/tools/list_changed", "notifications/resources/list_changed",
            "notifications/resources/updated", "notifications/prompts/list_changed", "notifications/roots/list_changed",
            "sampling/createMessage", "elicitation/create", "roots/list",
        }.Select(name => (System.Text.Encoding.ASCII.GetBytes(name), name)),
    ];

    /// <summary>The constant for a method's unescaped bytes, or null for one not listed here.</summary>
    internal static string? Find(ReadOnlySpan<byte> utf8)
    {
        foreach (var (known, name) in Known)
        {
            if (utf8.SequenceEqual(known))
                return name;
        }

        return null;
    }
}
