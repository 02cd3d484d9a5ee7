using System.Text.Json;

namespace McpGateway.TestServer.Wire;

/// <summary>Ends a request with a JSON-RPC error.</summary>
internal sealed class RpcException(int code, string message, JsonElement? details = null) : Exception(message)
{
    public const int MethodNotFound = -32601;
    public const int InvalidParams = -32602;
    public const int InternalError = -32603;
    public const int ResourceNotFound = -32002;

    public int Code => code;

    /// <summary>The error's <c>data</c>.</summary>
    public JsonElement? Details => details;
}
