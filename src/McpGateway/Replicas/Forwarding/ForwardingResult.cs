namespace McpGateway.Replicas.Forwarding;

/// <summary>What became of a request that was forwarded to a peer.</summary>
internal enum ForwardingResult
{
    /// <summary>The peer has answered, or the client has gone.</summary>
    Answered,

    /// <summary>Nothing listens at the peer's address, or there is no such host: its sessions are gone.</summary>
    Gone,

    /// <summary>The peer could not be reached in time, which may be the network's fault.</summary>
    NoAnswer,

    /// <summary>The peer drains, and has not read the request.</summary>
    Unread,

    /// <summary>The connection broke after the request was sent.</summary>
    Lost,
}
