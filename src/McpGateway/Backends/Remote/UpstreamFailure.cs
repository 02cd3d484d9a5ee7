namespace McpGateway.Backends.Remote;

/// <summary>Why there is no answer of a remote server's.</summary>
internal enum UpstreamFailure
{
    /// <summary>There was one.</summary>
    None,

    /// <summary>No address is in service.</summary>
    Unavailable,

    /// <summary>No connection could be made.</summary>
    Unreachable,

    /// <summary>The address that has the session cannot be reached, but another could begin a new one.</summary>
    SessionLost,

    /// <summary>It did not answer in time.</summary>
    TimedOut,

    /// <summary>The connection broke before there was an answer, or the client left.</summary>
    Broken,
}
