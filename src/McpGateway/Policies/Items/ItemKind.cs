namespace McpGateway.Policies.Items;

/// <summary>What a server lists, each kind with a method of its own.</summary>
internal enum ItemKind
{
    Tool,
    Prompt,
    Resource,
    ResourceTemplate,
}
