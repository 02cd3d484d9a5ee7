using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer.Tools;

/// <summary>A tools/call in flight.</summary>
internal sealed class Call(JsonElement id, JsonElement parameters, Peer peer)
{
    public JsonElement Id => id;
    public Peer Peer => peer;

    /// <summary>The id of the task that the call runs as; null for none.</summary>
    public string? TaskId { get; init; }

    public JsonElement? Arguments => parameters.Get("arguments");
    public JsonElement? ProgressToken => parameters.Get("_meta")?.Get("progressToken");

    public JsonElement? Argument(string name) => Arguments?.Get(name);

    public string Text(string name) => Argument(name)?.GetString() ?? throw Missing(name);

    public int Number(string name, int? otherwise = null) => Argument(name)?.GetInt32() ?? otherwise ?? throw Missing(name);

    public bool IsSet(string name) => Argument(name) is { ValueKind: JsonValueKind.True };

    public TimeSpan Milliseconds(string name, int? otherwise = null) => TimeSpan.FromMilliseconds(Number(name, otherwise));

    private static RpcException Missing(string name) => new(RpcException.InvalidParams, $"Missing argument {name}");
}
