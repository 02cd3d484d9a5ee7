using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer;

/// <summary>A gate for one call. The call and the tool <c>open</c> may arrive in any order.</summary>
internal sealed class Gate
{
    // Asynchronously, or the waiting call would run inside the tool that opens the gate.
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task PassAsync(CancellationToken cancellationToken) => _opened.Task.WaitAsync(cancellationToken);

    /// <summary>Records the text of the response to the call.</summary>
    public void Leave(string text) => _left.TrySetResult(text);

    /// <returns>The text of the response to the call.</returns>
    public Task<string> OpenAsync(CancellationToken cancellationToken)
    {
        if (!_opened.TrySetResult()) throw new RpcException(RpcException.InvalidParams, "The gate is already open");
        return _left.Task.WaitAsync(cancellationToken);
    }
}
