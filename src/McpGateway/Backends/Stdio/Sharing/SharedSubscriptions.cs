using System.Text.Json.Nodes;
using McpGateway.JsonRpc;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// The subscriptions of a shared child's sessions. The gateway is subscribed to a resource as long as one of them is, so the
/// child receives only the first subscribe and the last unsubscribe.
/// </summary>
internal sealed class SharedSubscriptions(SharedChild child, QueueBudget budget, ILogger log)
{
    private static readonly JsonRpcError TooMany = new(JsonRpcErrorCode.InvalidParams,
        $"A session has at most {ResourceSubscriptions.MaxPerSession} subscriptions, "
        + $"to URIs of at most {ResourceSubscriptions.LongestUri} characters.");

    private static readonly JsonRpcError Broken = new(
        JsonRpcErrorCode.InternalError, "An internal error of the gateway. Its log says more.");

    private readonly ResourceSubscriptions _subscriptions = new();

    // By URI, one after the other: whether the child must be told depends on the subscribers, and these on its earlier answers.
    private readonly OrderedSteps _steps = new(log);

    /// <summary>All resources to which some session is subscribed.</summary>
    public IReadOnlyList<string> Uris() => _subscriptions.Uris();

    /// <inheritdoc cref="ResourceSubscriptions.SubscribersOf"/>
    public IReadOnlyCollection<Session> SubscribersOf(string uri) => _subscriptions.SubscribersOf(uri);

    /// <summary>Takes a session's request to subscribe or unsubscribe.</summary>
    public ValueTask TakeAsync(JsonRpcMessage request, ClientCall call)
    {
        if (JsonMembers.FindText(request.Envelope.Params.In(request.Utf8), "uri"u8) is not { } uri)
            return child.CallAsync(request, call); // the child answers with an error of its own
        if (call.Method == McpMethod.Unsubscribe)
        {
            Enqueue(uri, request, call, () => UnsubscribeAsync(uri, request, call));
        }
        else if (uri.Length > ResourceSubscriptions.LongestUri
            || _subscriptions.CountOf(call.Session) >= ResourceSubscriptions.MaxPerSession)
        {
            request.Dispose();
            return call.FailAsync(TooMany);
        }
        else
        {
            Enqueue(uri, request, call, () => SubscribeAsync(uri, request, call));
        }

        return default;
    }

    /// <summary>A session has ended: the child is unsubscribed from what nobody else wants.</summary>
    public void RemoveAll(Session session)
    {
        foreach (var uri in _subscriptions.RemoveAll(session))
            // Decided when the step runs: another session may have subscribed by then.
            _ = _steps.RunAsync(uri, () => _subscriptions.AnyFor(uri) ? Task.CompletedTask : TellUnsubscribeAsync(uri));
    }

    private void Enqueue(string uri, JsonRpcMessage request, ClientCall call, Func<Task> step)
    {
        // While it waits for earlier steps, no queue counts its bytes.
        var waiting = request.WrittenLength;
        budget.Add(waiting);
        _ = _steps.RunAsync(uri, async () =>
        {
            try
            {
                await step();
            }
            catch
            {
                await call.FailAsync(Broken);
                throw;
            }
            finally
            {
                budget.Remove(waiting);
            }
        });
    }

    private async Task SubscribeAsync(string uri, JsonRpcMessage request, ClientCall call)
    {
        if (!call.IsOpen)
        {
            request.Dispose();
            return;
        }

        if (_subscriptions.AnyFor(uri))
        {
            request.Dispose();
            if (_subscriptions.TryAdd(uri, call.Session))
                await AnswerEmptyAsync(call);
            return;
        }

        var settled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        call.OnAnswer = answer =>
        {
            // Here and not after the await below: the child's next message may already be an update.
            settled.TrySetResult(answer.Envelope.Kind is JsonRpcKind.Error || _subscriptions.TryAdd(uri, call.Session));
        };
        await using var withdrawn = call.Withdrawn.Register(() => settled.TrySetResult(false));
        await child.CallAsync(request, call);
        // The call was withdrawn, or its session has ended, but the child may have subscribed the gateway even so.
        if (!await settled.Task && !_subscriptions.AnyFor(uri))
            await TellUnsubscribeAsync(uri);
    }

    private async Task UnsubscribeAsync(string uri, JsonRpcMessage request, ClientCall call)
    {
        if (!call.IsOpen)
        {
            request.Dispose();
            return;
        }

        _subscriptions.Remove(uri, call.Session);
        if (_subscriptions.AnyFor(uri))
        {
            request.Dispose();
            await AnswerEmptyAsync(call);
        }
        else
        {
            await child.CallAsync(request, call);
        }
    }

    private Task TellUnsubscribeAsync(string uri) => child.TellAsync(McpMethod.Unsubscribe, new JsonObject { ["uri"] = uri });

    private static ValueTask AnswerEmptyAsync(ClientCall call) =>
        call.AnswerAsync(JsonRpcMessage.CreateResult(call.ClientId, "{}"u8));
}
