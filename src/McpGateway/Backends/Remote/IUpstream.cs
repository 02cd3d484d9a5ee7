namespace McpGateway.Backends.Remote;

/// <summary>The way to a remote server, for one request of a client's. Proxy gives it: behind it is YARP's forwarder.</summary>
internal interface IUpstream
{
    /// <summary>
    /// Where the gateway sends a request of its own that goes with this one; null when no address can serve it now. It is still
    /// good when the client's request has ended.
    /// </summary>
    UpstreamLink? Link { get; }

    /// <summary>Forwards the request; an answer, whatever it says, is given to <see cref="RemoteExchange.Receive"/>.</summary>
    /// <returns>Why there was no answer.</returns>
    Task<UpstreamFailure> ForwardAsync(RemoteExchange exchange);
}
