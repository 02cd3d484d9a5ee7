using McpGateway.JsonRpc;

namespace McpGateway.Policies.Items;

/// <summary>How each kind is listed.</summary>
internal static class ItemKinds
{
    /// <summary>The kind that a method lists; null for any other method.</summary>
    public static ItemKind? ListedBy(string? method) => method switch
    {
        McpMethod.ToolsList => ItemKind.Tool,
        McpMethod.PromptsList => ItemKind.Prompt,
        McpMethod.ResourcesList => ItemKind.Resource,
        McpMethod.ResourceTemplatesList => ItemKind.ResourceTemplate,
        _ => null,
    };

    public static string ListMethod(this ItemKind kind) => kind switch
    {
        ItemKind.Tool => McpMethod.ToolsList,
        ItemKind.Prompt => McpMethod.PromptsList,
        ItemKind.Resource => McpMethod.ResourcesList,
        _ => McpMethod.ResourceTemplatesList,
    };

    /// <summary>The member of the list's result that holds the items.</summary>
    public static ReadOnlySpan<byte> Items(this ItemKind kind) => kind switch
    {
        ItemKind.Tool => "tools"u8,
        ItemKind.Prompt => "prompts"u8,
        ItemKind.Resource => "resources"u8,
        _ => "resourceTemplates"u8,
    };

    /// <summary>The member of an item that it is called by.</summary>
    public static ReadOnlySpan<byte> NameMember(this ItemKind kind) => kind switch
    {
        ItemKind.Tool or ItemKind.Prompt => "name"u8,
        ItemKind.Resource => "uri"u8,
        _ => "uriTemplate"u8,
    };

    /// <summary>For errors.</summary>
    public static string Noun(this ItemKind kind) => kind switch
    {
        ItemKind.Tool => "tool",
        ItemKind.Prompt => "prompt",
        _ => "resource",
    };
}
