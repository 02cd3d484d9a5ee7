using System.Collections.Concurrent;
using McpGateway.TestServer.Tools;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer;

/// <summary>
/// Where calls wait for each other, so that tests choose what happens while what is in flight: a call with the argument
/// <c>gate</c> begins its work when the tool <c>open</c> has opened the gate of that name.
/// </summary>
internal sealed class Gates
{
    private readonly ConcurrentDictionary<string, Gate> _gates = new(StringComparer.Ordinal);

    public Gate? Of(Call call) => call.Argument("gate")?.GetString() is { } name ? this[name] : null;

    public Gate this[string name] => _gates.GetOrAdd(name, _ => new Gate());
}

/// <summary>For one call, whichever of the two sides comes first.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task PassAsync(CancellationToken cancellationToken) => _opened.Task.WaitAsync(cancellationToken);

    /// <summary>The call has been answered with this text.</summary>
    public void Leave(string text) => _left.TrySetResult(text);

    /// <returns>The text that the call was answered with.</returns>
    public Task<string> OpenAsync(CancellationToken cancellationToken)
    {
        if (!_opened.TrySetResult()) throw new RpcException(RpcException.InvalidParams, "The gate is open");
        return _left.Task.WaitAsync(cancellationToken);
    }
}
