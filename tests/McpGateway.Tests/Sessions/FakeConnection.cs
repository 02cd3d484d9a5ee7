using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Tests.Sessions;

/// <summary>A connection that goes nowhere, and keeps what it was told.</summary>
internal sealed class FakeConnection : IServerConnection
{
    private readonly List<PendingCall> _cancelled = [];

    public bool IsLost => false;

    /// <summary>The calls of whose end it was told.</summary>
    public IReadOnlyList<PendingCall> Cancelled
    {
        get
        {
            lock (_cancelled)
                return [.. _cancelled];
        }
    }

    public ValueTask SendAsync(JsonRpcMessage message, CancellationToken cancellationToken)
    {
        message.Dispose();
        return default;
    }

    public void TrySend(JsonRpcMessage message) => message.Dispose();

    public void Cancel(PendingCall call, JsonRpcMessage? notification, string reason)
    {
        notification?.Dispose();
        lock (_cancelled)
            _cancelled.Add(call);
    }
}
