using System.Text.Json.Nodes;
using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>The child is subscribed to a resource as long as one of its sessions is.</summary>
internal sealed partial class SharedChild
{
    private static readonly JsonRpcError TooManySubscriptions = new(JsonRpcErrorCode.InvalidParams,
        $"A session has at most {ResourceSubscriptions.MaxPerSession} subscriptions, to URIs of at most {ResourceSubscriptions.LongestUri} characters.");

    /// <summary>Takes a session's request to subscribe or unsubscribe: the child sees the first and the last of each kind.</summary>
    public ValueTask SubscribeAsync(JsonRpcMessage request, ClientCall call, SharedChildSession seat)
    {
        if (JsonMembers.FindText(request.Envelope.Params.In(request.Utf8), "uri"u8) is not { } uri)
            return ForwardAsync(request, call, seat); // the child knows what it misses
        if (call.Method == McpMethod.Unsubscribe)
        {
            TakeTurn(uri, request, () => UnsubscribeAsync(uri, request, call, seat));
        }
        else if (uri.Length > ResourceSubscriptions.LongestUri || _subscriptions.CountOf(seat) >= ResourceSubscriptions.MaxPerSession)
        {
            request.Dispose();
            return call.FailAsync(TooManySubscriptions);
        }
        else
        {
            TakeTurn(uri, request, () => SubscribeAsync(uri, request, call, seat));
        }

        return default;
    }

    private void TakeTurn(string uri, JsonRpcMessage request, Func<Task> step)
    {
        // While it waits for its turn, no queue counts it.
        var waiting = request.WrittenLength;
        _context.Budget.Add(waiting);
        _ = _subscriptions.InTurnAsync(uri, async () =>
        {
            try
            {
                await step();
            }
            finally
            {
                _context.Budget.Remove(waiting);
            }
        });
    }

    private async Task SubscribeAsync(string uri, JsonRpcMessage request, ClientCall call, SharedChildSession seat)
    {
        if (call.IsAbandoned)
        {
            request.Dispose();
            return;
        }

        if (_subscriptions.AnyFor(uri))
        {
            request.Dispose();
            if (_subscriptions.TryAdd(uri, seat))
                await AnswerEmptyAsync(call);
            return;
        }

        var settled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        call.OnAnswer = answer =>
        {
            // Here and not below: the child's next message may already be an update.
            settled.TrySetResult(answer.Envelope.Kind is JsonRpcKind.Error || _subscriptions.TryAdd(uri, seat));
        };
        await using var abandoned = call.Abandoned.Register(() => settled.TrySetResult(false));
        await ForwardAsync(request, call, seat);
        // It was given up, or its session has ended, and the child may have subscribed all the same.
        if (!await settled.Task && !_subscriptions.AnyFor(uri))
            await TellUnsubscribeAsync(uri);
    }

    private async Task UnsubscribeAsync(string uri, JsonRpcMessage request, ClientCall call, SharedChildSession seat)
    {
        if (call.IsAbandoned)
        {
            request.Dispose();
            return;
        }

        _subscriptions.Remove(uri, seat);
        if (_subscriptions.AnyFor(uri))
        {
            request.Dispose();
            await AnswerEmptyAsync(call);
        }
        else
        {
            await ForwardAsync(request, call, seat);
        }
    }

    private void UnsubscribeAll(SharedChildSession seat)
    {
        foreach (var uri in _subscriptions.RemoveAll(seat))
            _ = _subscriptions.InTurnAsync(uri, () => _subscriptions.AnyFor(uri) ? Task.CompletedTask : TellUnsubscribeAsync(uri));
    }

    private Task TellUnsubscribeAsync(string uri) => TellAsync(McpMethod.Unsubscribe, new JsonObject { ["uri"] = uri });

    private static ValueTask AnswerEmptyAsync(ClientCall call) =>
        call.AnswerAsync(JsonRpcMessage.CreateResult(call.ClientId, "{}"u8));
}
