namespace McpGateway.Backends.Remote;

/// <summary>Why there is no response from a remote server.</summary>
internal enum UpstreamFailure
{
    /// <summary>There is one.</summary>
    None,

    /// <summary>No address is available.</summary>
    Unavailable,

    /// <summary>No connection could be made.</summary>
    Unreachable,

    /// <summary>The address with the session cannot be reached, but a new session could be opened at another.</summary>
    SessionLost,

    /// <summary>The server did not respond in time.</summary>
    TimedOut,

    /// <summary>The connection broke before there was a response, or the client left.</summary>
    Broken,
}
