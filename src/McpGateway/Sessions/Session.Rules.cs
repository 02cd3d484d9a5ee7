using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies.Items;

namespace McpGateway.Sessions;

/// <summary>
/// The rules on what of the server may be used (<c>tools</c> in gateway.json), as they stand when a message comes. Without any
/// it is one look at a field.
/// </summary>
internal sealed partial class Session
{
    private ValueTask CallAsync(JsonRpcMessage request, ClientCall call, ServerToolsConfig? rules, RequestedItem? item) =>
        rules is not null && item is { } requested
            ? CallIfAllowedAsync(request, call, new ItemPolicy(rules), requested)
            : _backend.CallAsync(request, call);

    private async ValueTask CallIfAllowedAsync(JsonRpcMessage request, ClientCall call, ItemPolicy policy, RequestedItem item)
    {
        var error = await CheckListedAsync(request, policy, item);
        if (error is null && call.IsOpen)
        {
            await _backend.CallAsync(request, call);
            return;
        }

        request.Dispose();
        if (error is not null)
            await call.FailAsync(error);
    }

    private async ValueTask<JsonRpcError?> CheckListedAsync(JsonRpcMessage request, ItemPolicy policy, RequestedItem item)
    {
        // While it waits for the lists, no queue counts it.
        var waiting = request.WrittenLength;
        _context.Budget.Add(waiting);
        try
        {
            return await policy.CheckListedAsync(item, _backend.ListedItems);
        }
        finally
        {
            _context.Budget.Remove(waiting);
        }
    }

    private Func<JsonRpcMessage, JsonRpcMessage>? FilterFor(JsonRpcMessage request) =>
        ItemKinds.ListedBy(request.Envelope.Method) is { } kind ? answer => FilterList(answer, kind) : null;

    private JsonRpcMessage FilterList(JsonRpcMessage answer, ItemKind kind) =>
        Server.Config.Tools is { } rules ? new ItemPolicy(rules).FilterAnswer(answer, kind, _backend.ListedItems) : answer;

    private bool IsForbidden(JsonRpcMessage message) => Server.Config.Tools is { } rules && new ItemPolicy(rules).Forbids(message);
}
