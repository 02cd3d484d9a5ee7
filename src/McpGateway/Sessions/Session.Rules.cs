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
        rules is not null && item is { } asked
            ? CallIfAllowedAsync(request, call, new ToolRules(rules), asked)
            : _seat.CallAsync(request, call);

    private async ValueTask CallIfAllowedAsync(JsonRpcMessage request, ClientCall call, ToolRules rules, RequestedItem item)
    {
        var error = rules.Allow(item) ? null : ListedItems.Unknown(item.Kind);
        if (error is null && !_seat.ListedItems.Lists(item, rules))
            error = await CheckListedAsync(request, rules, item);
        if (error is null && !call.IsAbandoned)
        {
            await _seat.CallAsync(request, call);
            return;
        }

        request.Dispose();
        if (error is not null)
            await call.FailAsync(error);
    }

    private async Task<JsonRpcError?> CheckListedAsync(JsonRpcMessage request, ToolRules rules, RequestedItem item)
    {
        // While it waits for the lists, no queue counts it.
        var waiting = request.WrittenLength;
        _context.Budget.Add(waiting);
        try
        {
            return await _seat.ListedItems.CheckAsync(item, rules);
        }
        finally
        {
            _context.Budget.Remove(waiting);
        }
    }

    private Func<JsonRpcMessage, JsonRpcMessage>? FilterFor(JsonRpcMessage request) =>
        ItemKinds.ListedBy(request.Envelope.Method) is { } kind ? answer => FilterList(answer, kind) : null;

    private JsonRpcMessage FilterList(JsonRpcMessage answer, ItemKind kind)
    {
        if (Server.Config.Tools is not { } rules || answer.Envelope.Kind is not JsonRpcKind.Result)
            return answer;
        _seat.ListedItems.Note(kind, ListFilter.Names(answer.Envelope.Result.In(answer.Utf8), kind, out _));
        return ListFilter.Apply(answer, kind, new ToolRules(rules));
    }

    // A subscription may be older than the rule.
    private bool IsForbidden(JsonRpcMessage message) =>
        Server.Config.Tools is { } rules && message.Envelope.Method == McpMethod.ResourceUpdated
        && !new ToolRules(rules).Allow(new RequestedItem(
            ItemKind.Resource, JsonMembers.FindText(message.Envelope.Params.In(message.Utf8), "uri"u8)));
}
