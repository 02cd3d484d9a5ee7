using McpGateway.JsonRpc;
using McpGateway.Servers;
using McpGateway.Servers.Launching;

namespace McpGateway.Sessions.Children;

/// <summary>The child's start, and what its callers are told when it cannot.</summary>
internal sealed partial class ChildLine
{
    private static readonly JsonRpcError Stopped = new(JsonRpcErrorCode.InternalError, "The server's process was stopped.");

    // Only the first caller decides about the handshake.
    private Task<ChildConnection> ConnectAsync(Handshake? handshake)
    {
        lock (_lock)
        {
            if (_closed)
                return Task.FromException<ChildConnection>(new HandshakeException(Stopped));
            return _starting ??= Task.Run(() => StartAsync(handshake));
        }
    }

    private async Task<ChildConnection> StartAsync(Handshake? handshake)
    {
        ChildConnection? child = null;
        try
        {
            child = _context.Starter.Start(_server, _listener);
            if (!TryKeep(child))
                throw new HandshakeException(Stopped);
            if (handshake is not null)
                InitializeResult = await handshake.PerformAsync(child, _server.Config.StartTimeout, _context.Time);
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
            return !_closed;
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
