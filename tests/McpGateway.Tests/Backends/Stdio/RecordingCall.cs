using System.Threading.Channels;
using McpGateway.Backends.Stdio.Connection;
using McpGateway.JsonRpc;
using McpGateway.Sessions;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Backends.Stdio;

/// <summary>A call that keeps all that it is told.</summary>
internal sealed class RecordingCall(CancellationToken abandoned = default) : PendingCall
{
    private readonly Channel<(string? Answer, JsonRpcError? Error)> _told = Channel.CreateUnbounded<(string?, JsonRpcError?)>();

    /// <summary>How often it was told anything that nobody has asked for yet.</summary>
    public int Told => _told.Reader.Count;

    protected internal override CancellationToken Abandoned => abandoned;

    protected internal override bool IsAbandoned => abandoned.IsCancellationRequested;

    public async Task<string> AnswerAsync() =>
        (await _told.Reader.ReadAsync(TestContext.Current.CancellationToken).Soon()).Answer ?? throw new InvalidOperationException("It failed.");

    public async Task<JsonRpcError> ErrorAsync() =>
        (await _told.Reader.ReadAsync(TestContext.Current.CancellationToken).Soon()).Error ?? throw new InvalidOperationException("It was answered.");

    protected internal override ValueTask OnAnswerAsync(JsonRpcMessage answer)
    {
        using (answer)
            _told.Writer.TryWrite((Json.Written(answer), null));
        return default;
    }

    protected internal override ValueTask OnFailedAsync(JsonRpcError error)
    {
        _told.Writer.TryWrite((null, error));
        return default;
    }
}

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
