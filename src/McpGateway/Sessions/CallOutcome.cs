namespace McpGateway.Sessions;

/// <summary>How a call has ended for the one who made it.</summary>
internal enum CallOutcome
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>It was answered: by the server, with a result or an error, or by the gateway in its stead.</summary>
    Answered,

    /// <summary>The server cannot answer, or a rule forbids it.</summary>
    Failed,

    /// <summary>Its client has cancelled it, has gone, or its session has ended. The server is told.</summary>
    Cancelled,

    /// <summary>It took longer than it may. The server is told.</summary>
    TimedOut,

    /// <summary>The server never sees it.</summary>
    NotSent,
}
