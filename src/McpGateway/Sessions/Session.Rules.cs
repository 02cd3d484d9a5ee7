using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Sessions.Rules;

namespace McpGateway.Sessions;

/// <summary>
/// The rules on what of the server may be used (<c>tools</c> in gateway.json), as they stand when a message comes. Without any
/// it is one look at a field.
/// </summary>
public sealed partial class Session
{
    private static readonly Refusal InDisguise = Refusal.Invalid("Servers may read this method in different ways; write it as MCP does.");

    private static readonly Refusal WithoutId = Refusal.Invalid("This method is a request: it needs an id.");

    private static readonly Refusal ListAsTask = Refusal.Invalid("Lists are not run as tasks here.");

    /// <summary>Checks what can be told from the message alone.</summary>
    /// <param name="message">A request or a notification.</param>
    /// <param name="rules">Those in force.</param>
    /// <param name="granted">What its sender may do.</param>
    /// <param name="item">What it wants to use; null when that is nothing of the server's lists.</param>
    private static Refusal? Check(JsonRpcMessage message, ServerToolsConfig rules, CallerScopes granted, out RequestedItem? item)
    {
        item = null;
        var envelope = message.Envelope;
        if (!RequestedItem.IsRuled(envelope.Method))
            return RequestedItem.IsRuledInDisguise(envelope.Method) ? InDisguise : null;
        if (!envelope.IsRequest)
            return WithoutId; // a server might call the tool all the same
        if (envelope.WantsTask && ItemKinds.ListedBy(envelope.Method) is not null)
            return ListAsTask; // its result would come unfiltered, with tasks/result
        item = RequestedItem.Of(message);
        var missing = item is { } asked ? new ToolRules(rules).MissingFor(asked, granted) : [];
        return missing.Count == 0 ? null : Refusal.MissingScopes(missing);
    }

    private ValueTask CallAsync(JsonRpcMessage request, ClientCall call, ServerToolsConfig? rules, RequestedItem? item) =>
        rules is not null && item is { } asked
            ? CallIfAllowedAsync(request, call, new ToolRules(rules), asked)
            : _seat.CallAsync(request, call);

    private async ValueTask CallIfAllowedAsync(JsonRpcMessage request, ClientCall call, ToolRules rules, RequestedItem item)
    {
        var error = rules.Allow(item) ? null : Catalogue.Unknown(item.Kind);
        if (error is null && !_seat.Catalogue.Lists(item, rules))
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
            return await _seat.Catalogue.CheckAsync(item, rules);
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
        _seat.Catalogue.Note(kind, ListFilter.Names(answer.Envelope.Result.In(answer.Utf8), kind, out _));
        return ListFilter.Apply(answer, kind, new ToolRules(rules));
    }

    // A subscription may be older than the rule.
    private bool IsForbidden(JsonRpcMessage message) =>
        Server.Config.Tools is { } rules && message.Envelope.Method == McpMethod.ResourceUpdated
        && !new ToolRules(rules).Allow(new RequestedItem(
            ItemKind.Resource, JsonMembers.FindText(message.Envelope.Params.In(message.Utf8), "uri"u8)));
}
