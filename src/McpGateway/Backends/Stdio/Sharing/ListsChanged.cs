using System.Text;
using System.Text.Json.Nodes;
using McpGateway.JsonRpc;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>Tells clients to list tools, resources and prompts again: a new child may have others than the last one.</summary>
internal static class ListsChanged
{
    private static readonly string[] Lists = ["tools", "resources", "prompts"];

    /// <summary>The notifications that a server with this initialize result has announced it may send.</summary>
    public static IEnumerable<JsonRpcMessage> For(ReadOnlySpan<byte> initializeResult)
    {
        var announced = new List<JsonRpcMessage>();
        if (!JsonMembers.TryFind(initializeResult, "capabilities"u8, out var capabilities))
            return announced;
        foreach (var list in Lists)
        {
            if (JsonMembers.TryFind(capabilities, Encoding.ASCII.GetBytes(list), out var capability)
                && JsonMembers.TryFind(capability, "listChanged"u8, out var announces) && announces.SequenceEqual("true"u8))
            {
                announced.Add(JsonRpcMessage.Create(new JsonObject
                {
                    ["jsonrpc"] = "2.0", ["method"] = $"notifications/{list}/list_changed",
                }));
            }
        }

        return announced;
    }
}
