namespace McpGateway.JsonRpc;

/// <summary>
/// The methods that the gateway handles specially, and other common ones, so that reading their names allocates nothing.
/// </summary>
internal static class McpMethod
{
    public const string Initialize = "initialize";
    public const string Initialized = "notifications/initialized";
    public const string Ping = "ping";

    /// <summary>The probe of clients of 2026-07-28, which fall back to initialize if it is refused.</summary>
    public const string Discover = "server/discover";

    public const string Cancelled = "notifications/cancelled";
    public const string Progress = "notifications/progress";
    public const string ToolsCall = "tools/call";
    public const string ToolsList = "tools/list";
    public const string PromptsGet = "prompts/get";
    public const string PromptsList = "prompts/list";
    public const string ResourcesRead = "resources/read";
    public const string ResourcesList = "resources/list";
    public const string ResourceTemplatesList = "resources/templates/list";
    public const string Complete = "completion/complete";
    public const string SetLevel = "logging/setLevel";
    public const string LogMessage = "notifications/message";
    public const string Subscribe = "resources/subscribe";
    public const string Unsubscribe = "resources/unsubscribe";
    public const string ResourceUpdated = "notifications/resources/updated";
    public const string RootsListChanged = "notifications/roots/list_changed";
    public const string Elicit = "elicitation/create";
    public const string ElicitationComplete = "notifications/elicitation/complete";
    public const string GetTask = "tasks/get";
    public const string TaskStatus = "notifications/tasks/status";

    // Frequent methods first, because Find searches from the start.
    private static readonly (byte[] Utf8, string Name)[] Known =
    [
        .. new[]
        {
            ToolsCall, ToolsList, Progress, Cancelled, Initialize, Initialized, Ping,
            ResourcesList, ResourcesRead, ResourceTemplatesList, Subscribe, Unsubscribe,
            PromptsList, PromptsGet, Complete, SetLevel, LogMessage,
            "notifications/tools/list_changed", "notifications/resources/list_changed", "notifications/prompts/list_changed",
            ResourceUpdated, RootsListChanged, "sampling/createMessage", Elicit, ElicitationComplete, "roots/list",
            TaskStatus, GetTask, "tasks/result", "tasks/list", "tasks/cancel", Discover,
        }.Select(name => (System.Text.Encoding.ASCII.GetBytes(name), name)),
    ];

    /// <summary>Whether a method is about an existing task.</summary>
    public static bool IsAboutTasks(string? method) => method?.StartsWith("tasks/", StringComparison.Ordinal) is true;

    /// <summary>Whether a notification says that one of the server's lists has changed.</summary>
    public static bool IsListChanged(string? method) =>
        method is "notifications/tools/list_changed" or "notifications/resources/list_changed"
            or "notifications/prompts/list_changed";

    /// <summary>The constant for a method's unescaped bytes; null for a method that is not listed here.</summary>
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
