using System.Threading.Channels;
using McpGateway.JsonRpc;
using McpGateway.Sessions;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Backends.Stdio;

/// <summary>A call that keeps all that it is told.</summary>
internal sealed class RecordingCall(CallRegistry registry) : PendingCall(registry)
{
    private readonly Channel<(string? Answer, JsonRpcError? Error)> _told = Channel.CreateUnbounded<(string?, JsonRpcError?)>();

    /// <summary>The number of notices that no test has read yet.</summary>
    public int Told => _told.Reader.Count;

    public async Task<string> AnswerAsync() =>
        (await _told.Reader.ReadAsync(TestContext.Current.CancellationToken).Soon()).Answer
            ?? throw new InvalidOperationException("It failed.");

    public async Task<JsonRpcError> ErrorAsync() =>
        (await _told.Reader.ReadAsync(TestContext.Current.CancellationToken).Soon()).Error
            ?? throw new InvalidOperationException("It was answered.");

    protected override ValueTask OnAnswerAsync(JsonRpcMessage answer, bool isAwaited)
    {
        using (answer)
            _told.Writer.TryWrite((Json.Written(answer), null));
        return default;
    }

    protected override ValueTask OnFailedAsync(JsonRpcError error)
    {
        _told.Writer.TryWrite((null, error));
        return default;
    }
}
