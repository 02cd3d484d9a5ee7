using McpGateway.JsonRpc;
using McpGateway.Servers;
using McpGateway.Servers.Launching;

namespace McpGateway.Sessions;

/// <summary>The child's start, with the first message, and what its callers are told when it cannot.</summary>
internal sealed partial class CallRelay
{
    /// <summary>Starts the child, unless it was started before.</summary>
    /// <param name="handshake">Whether the gateway is to do the handshake; only the first caller decides.</param>
    /// <exception cref="ChildLaunchException">It cannot be started.</exception>
    /// <exception cref="HandshakeException">It did not take part in the handshake, or the relay has ended.</exception>
    public Task<ChildConnection> ConnectAsync(bool handshake)
    {
        lock (_lock)
        {
            if (_ended)
                return Task.FromException<ChildConnection>(new HandshakeException(Refusal.SessionNotFound.Error));
            return _starting ??= Task.Run(() => StartAsync(handshake));
        }
    }

    /// <returns>Null when the child is there, else what to answer.</returns>
    public async Task<JsonRpcError?> TryConnectAsync(bool handshake)
    {
        try
        {
            await ConnectAsync(handshake);
            return null;
        }
        catch (Exception exception)
        {
            return Explain(exception); // the start has logged it
        }
    }

    private async Task<ChildConnection> StartAsync(bool handshake)
    {
        ChildConnection? child = null;
        try
        {
            child = _context.Starter.Start(_server, _listener);
            if (!TryKeep(child))
                throw new HandshakeException(Refusal.SessionNotFound.Error);
            if (handshake)
                InitializeResult = await Handshake.PerformAsync(child, _server.Config.StartTimeout, _context.Time);
            return child;
        }
        catch (Exception exception)
        {
            if (child is not null)
                await child.DisposeAsync();
            if (exception is ChildLaunchException or HandshakeException)
                Log.CannotStart(_log, _server.Name, exception.Message);
            else
                Log.StartFailed(_log, exception, _server.Name);
            _listener.OnLost(Explain(exception));
            throw;
        }
    }

    // The end may come while the child is being started: then it is not the end's to stop, but the start's.
    private bool TryKeep(ChildConnection child)
    {
        lock (_lock)
        {
            _child = child;
            return !_ended;
        }
    }

    private JsonRpcError Explain(Exception exception) => exception switch
    {
        HandshakeException handshake => handshake.Error,
        ChildLaunchException launch =>
            new ChildFailure(_server.Name, "cannot be started: " + launch.Message.TrimEnd('.'), null, []).ToError(),
        _ => new JsonRpcError(JsonRpcErrorCode.InternalError, "The gateway failed; its log tells more."),
    };
}
