namespace McpGateway.Sessions;

/// <summary>How the messages of a reply are written.</summary>
internal enum ReplyForm
{
    /// <summary>As JSON when the answer comes first and soon, else as events.</summary>
    FirstDecides,

    /// <summary>As events from the start.</summary>
    Events,

    /// <summary>As JSON, all together.</summary>
    Json,
}
