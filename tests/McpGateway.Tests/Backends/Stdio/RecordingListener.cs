using System.Threading.Channels;
using McpGateway.Backends.Stdio.Connection;
using McpGateway.JsonRpc;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Backends.Stdio;

/// <summary>A listener that keeps all that it hears.</summary>
internal sealed class RecordingListener : IConnectionObserver
{
    private readonly Channel<string> _heard = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<JsonRpcError> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsLost => _lost.Task.IsCompleted;

    public Task<string> HeardAsync() => _heard.Reader.ReadAsync(TestContext.Current.CancellationToken).Soon();

    public Task<JsonRpcError> LostAsync() => _lost.Task.Soon();

    public ValueTask OnMessageAsync(JsonRpcMessage message, ChildConnection child)
    {
        using (message)
            _heard.Writer.TryWrite(Json.Written(message));
        return default;
    }

    // Twice would be a defect, and throws.
    public TimeSpan RetryAfter { get; init; }

    public TimeSpan OnLosing(string reason) => RetryAfter;

    public void OnLost(JsonRpcError error) => _lost.SetResult(error);
}
