using System.Text.Json.Nodes;
using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>A request of the gateway's own to a child.</summary>
internal sealed class GatewayCall(CallRegistry registry) : PendingCall(registry)
{
    private readonly TaskCompletionSource<byte[]> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answer's result, as JSON; faults with a <see cref="GatewayCallException"/> when there is none.</summary>
    public Task<byte[]> Result => _result.Task;

    /// <summary>A request for such a call; its id is given when it is sent.</summary>
    public static JsonRpcMessage Request(string method, JsonObject parameters) =>
        JsonRpcMessage.CreateRequest(method, parameters);

    // The gateway's own housekeeping is no reason to keep an idle child running.
    public override bool KeepsAwake => false;

    protected override ValueTask OnAnswerAsync(JsonRpcMessage answer, bool isAwaited)
    {
        using (answer)
        {
            if (answer.Envelope.Kind is JsonRpcKind.Result)
                _result.TrySetResult(answer.Envelope.Result.In(answer.Utf8).ToArray());
            else
                _result.TrySetException(new GatewayCallException(null));
        }

        return default;
    }

    protected override ValueTask OnFailedAsync(JsonRpcError error)
    {
        _result.TrySetException(new GatewayCallException(error));
        return default;
    }
}
