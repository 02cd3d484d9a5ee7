using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies.Items;
using McpGateway.Sessions.Queues;

namespace McpGateway.Sessions;

/// <summary>
/// The rules on what of the server may be used (<c>tools</c> in gateway.json), as they stand when a message comes. Without any,
/// a call passes as it is.
/// </summary>
internal sealed class SessionRules(Session session, QueueBudget budget)
{
    /// <summary>Sends a call, if the rules allow it and the server has listed what it is about.</summary>
    public ValueTask CallAsync(JsonRpcMessage request, ClientCall call, ServerToolsConfig? rules, RequestedItem? item) =>
        rules is not null && item is { } requested
            ? CallIfAllowedAsync(request, call, new ItemPolicy(rules), requested)
            : session.Backend.CallAsync(request, call);

    /// <summary>Takes out of a list what the rules leave out; null when the request is not for a list.</summary>
    public Func<JsonRpcMessage, JsonRpcMessage>? FilterFor(JsonRpcMessage request) =>
        ItemKinds.ListedBy(request.Envelope.Method) is { } kind ? answer => FilterList(answer, kind) : null;

    /// <summary>Whether a message of the server's is about something that its client may not use.</summary>
    public bool IsForbidden(JsonRpcMessage message) =>
        session.Server.Config.Tools is { } rules && new ItemPolicy(rules).Forbids(message);

    private async ValueTask CallIfAllowedAsync(JsonRpcMessage request, ClientCall call, ItemPolicy policy, RequestedItem item)
    {
        var error = await CheckListedAsync(request, policy, item);
        if (error is null && call.IsOpen)
        {
            await session.Backend.CallAsync(request, call);
            return;
        }

        // Refused, or withdrawn while the lists were fetched; whoever withdrew it has seen to its end.
        request.Dispose();
        if (error is not null)
            await call.FailAsync(error);
    }

    private async ValueTask<JsonRpcError?> CheckListedAsync(JsonRpcMessage request, ItemPolicy policy, RequestedItem item)
    {
        // While it waits for the lists it is in no queue, and its bytes would not count towards Limits:QueuedBytes.
        var waiting = request.WrittenLength;
        budget.Add(waiting);
        try
        {
            return await policy.CheckListedAsync(item, session.Backend.ListedItems);
        }
        finally
        {
            budget.Remove(waiting);
        }
    }

    // By the rules at the time of the answer: a reload during the call must not let a forbidden name out.
    private JsonRpcMessage FilterList(JsonRpcMessage answer, ItemKind kind) => session.Server.Config.Tools is { } rules
        ? new ItemPolicy(rules).FilterAnswer(answer, kind, session.Backend.ListedItems)
        : answer;
}
