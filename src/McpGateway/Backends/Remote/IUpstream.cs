namespace McpGateway.Backends.Remote;

/// <summary>The way to a remote server for one client request. Proxy implements it with YARP's forwarder.</summary>
internal interface IUpstream
{
    /// <summary>
    /// Where the gateway sends requests of its own on behalf of this one; null when no address is available. It can still be used
    /// after the client's request has ended.
    /// </summary>
    UpstreamLink? Link { get; }

    /// <summary>Forwards the request. A response, whatever its status, goes to <see cref="RemoteExchange.Receive"/>.</summary>
    /// <returns>Why there was no response.</returns>
    Task<UpstreamFailure> ForwardAsync(RemoteExchange exchange);
}
