namespace McpGateway.Backends.Remote;

/// <summary>The way to a remote server, for one request of a client's. Proxy gives it: behind it is YARP's forwarder.</summary>
internal interface IUpstream
{
    /// <summary>
    /// How the gateway sends a request of its own where this one is going; null when no address can serve it now. It outlives the
    /// client's request.
    /// </summary>
    UpstreamLink? Link { get; }

    /// <summary>Forwards the request; an answer, whatever it says, is given to <see cref="RemoteExchange.Receive"/>.</summary>
    /// <returns>Why there was no answer.</returns>
    Task<UpstreamFailure> ForwardAsync(RemoteExchange exchange);
}

/// <summary>An address of a remote server.</summary>
/// <param name="Destination">Its name in the cluster.</param>
/// <param name="Url">As configured.</param>
internal sealed record UpstreamAddress(string Destination, Uri Url);

/// <summary>An address and the connections to it.</summary>
internal sealed record UpstreamLink(HttpMessageInvoker Client, UpstreamAddress Address);

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
