using McpGateway.Configuration;
using McpGateway.JsonRpc;

namespace McpGateway.Policies.Items;

/// <summary>
/// The rules of one server on what its clients may use (<c>tools</c> in gateway.json), applied to the messages of both
/// directions. Every kind of server is held to them here.
/// </summary>
/// <param name="config">The rules in force when the message comes.</param>
internal readonly struct ItemPolicy(ServerToolsConfig config)
{
    private static readonly Refusal InDisguise =
        Refusal.Invalid("Servers may read this method in different ways; write it as MCP does.");

    private static readonly Refusal WithoutId = Refusal.Invalid("This method is a request: it needs an id.");

    private static readonly Refusal ListAsTask = Refusal.Invalid("Lists are not run as tasks here.");

    private readonly ToolRules _rules = new(config);

    /// <summary>Checks what can be told from a client's message alone.</summary>
    /// <param name="message">Any message of a client's.</param>
    /// <param name="granted">What its sender may do.</param>
    /// <param name="item">
    /// What it asks to use, to be checked with <see cref="CheckListedAsync"/> too; null when that is nothing a server lists.
    /// </param>
    /// <returns>Null when it may pass, as far as can be told.</returns>
    public Refusal? Check(JsonRpcMessage message, CallerScopes granted, out RequestedItem? item)
    {
        item = null;
        var envelope = message.Envelope;
        // An answer of the client's uses nothing of the server.
        if (envelope.IsAnswer)
            return null;
        if (!RequestedItem.IsRuled(envelope.Method))
            return RequestedItem.IsRuledInDisguise(envelope.Method) ? InDisguise : null;
        if (!envelope.IsRequest)
            return WithoutId; // a server might call the tool all the same
        if (envelope.WantsTask && ItemKinds.ListedBy(envelope.Method) is not null)
            return ListAsTask; // its result would come unfiltered, with tasks/result
        // The scopes first, whether the server has such an item or not: the refusal tells nothing about its list.
        item = RequestedItem.Of(message);
        var missing = item is { } requested ? _rules.MissingFor(requested, granted) : [];
        return missing.Count == 0 ? null : Refusal.MissingScopes(missing);
    }

    /// <summary>Checks that an item is allowed and that the server lists it. That may need a request to the server.</summary>
    /// <param name="item">What a request asks to use.</param>
    /// <param name="listed">What the server has listed.</param>
    /// <param name="ask">See <see cref="ListedItems.CheckAsync"/>.</param>
    /// <returns>Null when it may be used, else the answer to the request.</returns>
    public ValueTask<JsonRpcError?> CheckListedAsync(
        RequestedItem item, ListedItems listed, Func<JsonRpcMessage, Task<GatewayAnswer>>? ask = null)
    {
        if (!_rules.Allow(item))
            return new(ListedItems.Unknown(item.Kind));
        // The usual case needs neither a task nor the server.
        return listed.Lists(item, _rules) ? default : new(listed.CheckAsync(item, _rules, ask));
    }

    /// <summary>Notes what a server lists, and takes out of it what may not be used.</summary>
    /// <param name="answer">To a request for a list, under the client's id; disposed of when another one is returned.</param>
    /// <param name="kind">What is listed.</param>
    /// <param name="listed">What the server has listed so far.</param>
    public JsonRpcMessage FilterAnswer(JsonRpcMessage answer, ItemKind kind, ListedItems listed)
    {
        if (answer.Envelope.Kind is not JsonRpcKind.Result)
            return answer;
        // All names, before the rules take some out: a reload may allow them while the client still has this page.
        listed.Note(kind, ListFilter.Names(answer.Envelope.Result.In(answer.Utf8), kind, out _));
        return ListFilter.Apply(answer, kind, _rules);
    }

    /// <summary>The same for an answer whose request is not known, by what it holds.</summary>
    public JsonRpcMessage FilterAnswer(JsonRpcMessage answer, ListedItems listed) =>
        ListFilter.ApplyByContent(answer, _rules, listed.Note);

    /// <summary>Whether a message tells of a resource that may not be used. A subscription may be older than the rule.</summary>
    public bool Forbids(JsonRpcMessage message) =>
        message.Envelope.Method == McpMethod.ResourceUpdated && !_rules.Allow(new RequestedItem(
            ItemKind.Resource, JsonMembers.FindText(message.Envelope.Params.In(message.Utf8), "uri"u8)));
}
