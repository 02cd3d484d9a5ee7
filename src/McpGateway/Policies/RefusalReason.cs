namespace McpGateway.Policies;

/// <summary>Why a message is not taken.</summary>
internal enum RefusalReason
{
    /// <summary>The message breaks a rule; sending it again will not help.</summary>
    Invalid,

    /// <summary>The session does not exist for this caller.</summary>
    NotFound,

    /// <summary>The caller lacks the scopes that <see cref="Refusal.Scopes"/> names.</summary>
    Forbidden,

    /// <summary>This user has reached a limit.</summary>
    TooMany,

    /// <summary>The gateway or the server has no room, or is about to stop.</summary>
    Unavailable,

    /// <summary>The server has no use for the HTTP method; <see cref="Refusal.Allow"/> names those that it has.</summary>
    MethodNotAllowed,

    /// <summary>A remote server failed, and no request's answer can say so.</summary>
    ServerFailed,

    /// <summary>The same, because it took too long.</summary>
    ServerTimedOut,
}
