using System.Globalization;
using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer.Tools;

/// <summary>All tools, and the responses to tools/list.</summary>
internal sealed class Catalog(Flags flags)
{
    private readonly Tool[] _tools =
    [
        .. CallTools.All, .. ClientTools.All, .. VolumeTools.All, .. DeathTools.All, .. RecordTools.All, .. ProcessTools.All,
    ];

    public Tool Find(string name) =>
        Array.Find(_tools, t => t.Name == name) ?? throw new RpcException(RpcException.InvalidParams, $"Unknown tool: {name}");

    /// <summary>A page of the list. The cursor is the index of its first tool.</summary>
    public Action<Utf8JsonWriter> Answer(string? cursor) => result =>
    {
        var first = cursor is null ? 0 : int.Parse(cursor, CultureInfo.InvariantCulture);
        var page = _tools.Skip(first).Take(flags.PageSize).ToArray();
        result.WriteStartObject();
        result.WriteStartArray("tools");
        foreach (var tool in page) Write(result, tool);
        result.WriteEndArray();
        if (first + page.Length < _tools.Length) result.WriteString("nextCursor", $"{first + page.Length}");
        result.WriteEndObject();
    };

    private void Write(Utf8JsonWriter list, Tool tool)
    {
        list.WriteStartObject();
        list.WriteString("name", tool.Name);
        list.WriteString("description", tool.Description);
        list.WriteStartObject("inputSchema");
        list.WriteString("type", "object");
        list.WriteEndObject();
        if (flags.Tasks)
        {
            list.WriteStartObject("execution");
            list.WriteString("taskSupport", "optional");
            list.WriteEndObject();
        }
        list.WriteEndObject();
    }
}
