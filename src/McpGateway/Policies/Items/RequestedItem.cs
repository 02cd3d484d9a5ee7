using McpGateway.JsonRpc;

namespace McpGateway.Policies.Items;

/// <summary>What a message asks the server to use, read as the server will read it.</summary>
/// <param name="Kind">What it is; a completion for a resource asks for its template.</param>
/// <param name="Name">Unescaped; null when there is none that is a well-formed string: nothing is called so.</param>
internal readonly record struct RequestedItem(ItemKind Kind, string? Name)
{
    // Unsubscribe is not among them: a client must be able to end what a new rule forbids.
    private static readonly string[] Ruled =
    [
        McpMethod.ToolsCall, McpMethod.PromptsGet, McpMethod.ResourcesRead, McpMethod.Subscribe, McpMethod.Complete,
        McpMethod.ToolsList, McpMethod.PromptsList, McpMethod.ResourcesList, McpMethod.ResourceTemplatesList,
    ];

    /// <summary>Whether a method uses or lists something, so that rules concern it.</summary>
    public static bool IsRuled(string? method) => Array.IndexOf(Ruled, method) >= 0;

    /// <summary>Whether a method is none of those, but would be for a server that reads it less strictly.</summary>
    public static bool IsRuledInDisguise(string? method) =>
        method is not null && !IsRuled(method) && Ruled.Contains(Folded(method), StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads what a request wants to use.</summary>
    /// <returns>Null when it uses nothing that is listed.</returns>
    public static RequestedItem? Of(JsonRpcMessage request)
    {
        var parameters = request.Envelope.Params.In(request.Utf8);
        return request.Envelope.Method switch
        {
            McpMethod.ToolsCall => new RequestedItem(ItemKind.Tool, JsonMembers.FindText(parameters, "name"u8)),
            McpMethod.PromptsGet => new RequestedItem(ItemKind.Prompt, JsonMembers.FindText(parameters, "name"u8)),
            McpMethod.ResourcesRead or McpMethod.Subscribe =>
                new RequestedItem(ItemKind.Resource, JsonMembers.FindText(parameters, "uri"u8)),
            McpMethod.Complete => OfReference(parameters),
            _ => null,
        };
    }

    // The envelope's reader has checked only the member names of params, and none inside the reference.
    private static RequestedItem OfReference(ReadOnlySpan<byte> parameters)
    {
        if (!JsonMembers.TryFind(parameters, "ref"u8, out var reference)
            || !JsonMembers.AreUnambiguous(reference, MemberNames.Reference))
            // No name, which is never allowed: what cannot be read for certain is refused, and not let through unchecked.
            return new RequestedItem(ItemKind.Prompt, null);
        return JsonMembers.FindText(reference, "type"u8) switch
        {
            "ref/prompt" => new RequestedItem(ItemKind.Prompt, JsonMembers.FindText(reference, "name"u8)),
            "ref/resource" => new RequestedItem(ItemKind.ResourceTemplate, JsonMembers.FindText(reference, "uri"u8)),
            _ => new RequestedItem(ItemKind.Prompt, null),
        };
    }

    private static string Folded(string method) =>
        string.Concat(method.Where(letter => !char.IsControl(letter)).Select(Folded)).Trim().Trim('/');

    // Letters outside ASCII that some case mappings map to an ASCII letter (see MemberNames), as a lenient server may.
    private static char Folded(char letter) => letter switch
    {
        '\u017F' => 's',
        '\u212A' => 'k',
        '\u0130' or '\u0131' => 'i',
        _ => letter,
    };
}
