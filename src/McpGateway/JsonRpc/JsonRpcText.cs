using System.Text.Json.Serialization;

namespace McpGateway.JsonRpc;

[JsonSerializable(typeof(string))]
internal sealed partial class JsonRpcText : JsonSerializerContext;
