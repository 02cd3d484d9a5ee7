using McpGateway.Configuration;
using McpGateway.JsonRpc;

namespace McpGateway.Policies.Items;

/// <summary>What the rules say of a message that can be told from the message alone.</summary>
internal static class RuleCheck
{
    private static readonly Refusal InDisguise = Refusal.Invalid("Servers may read this method in different ways; write it as MCP does.");

    private static readonly Refusal WithoutId = Refusal.Invalid("This method is a request: it needs an id.");

    private static readonly Refusal ListAsTask = Refusal.Invalid("Lists are not run as tasks here.");

    /// <param name="message">A request or a notification.</param>
    /// <param name="rules">Those in force.</param>
    /// <param name="granted">What its sender may do.</param>
    /// <param name="item">What it wants to use; null when that is nothing of the server's lists.</param>
    /// <returns>Null when it may pass, as far as can be told.</returns>
    public static Refusal? Check(JsonRpcMessage message, ServerToolsConfig rules, CallerScopes granted, out RequestedItem? item)
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
}
