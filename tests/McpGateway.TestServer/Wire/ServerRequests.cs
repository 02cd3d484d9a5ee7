using System.Collections.Concurrent;
using System.Text.Json;

namespace McpGateway.TestServer.Wire;

/// <summary>
/// Requests from this server to its client. Their ids count from 1, as those of most clients do, so that the ids of the two
/// directions collide on purpose.
/// </summary>
internal sealed class ServerRequests(Outbox outbox)
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource<JsonElement>> _waiting = new();
    private long _lastId;

    /// <summary>The whole response: <c>{"jsonrpc":"2.0","id":…,"result"|"error":…}</c>.</summary>
    public async Task<JsonElement> SendAsync(
        string method, Action<Utf8JsonWriter>? parameters, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer; // before it is sent, because the response may arrive at once
        await outbox.SendAsync(message =>
        {
            message.WriteNumber("id", id);
            message.WriteString("method", method);
            if (parameters is null) return;
            message.WritePropertyName("params");
            parameters(message);
        }, cancellationToken);
        return await answer.Task.WaitAsync(cancellationToken);
    }

    public bool TryAccept(JsonElement answer) =>
        answer.Get("id") is { ValueKind: JsonValueKind.Number } id
        && id.TryGetInt64(out var number)
        && _waiting.TryRemove(number, out var waiting)
        && waiting.TrySetResult(answer);
}
