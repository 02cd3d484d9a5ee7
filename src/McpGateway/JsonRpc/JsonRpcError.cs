using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpGateway.JsonRpc;

/// <summary>
/// An error that the gateway answers itself. The message says what to do and never holds a body, a token or a secret.
/// </summary>
/// <param name="Code">See <see cref="JsonRpcErrorCode"/>.</param>
/// <param name="Message">One sentence for a person.</param>
/// <param name="Data">Details for a program; null when there are none.</param>
internal sealed record JsonRpcError(int Code, string Message, JsonObject? Data = null)
{
    // People read these with curl: quotes and letters beyond ASCII stay as they are. It is JSON, and never HTML.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The whole error response, as UTF-8.</summary>
    public byte[] ToResponse(JsonRpcId id)
    {
        var error = new JsonObject { ["code"] = Code, ["message"] = Message };
        if (Data is not null)
            error["data"] = Data.DeepClone();
        var response = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = JsonNode.Parse(id.ToUtf8()),
            ["error"] = error,
        };
        return System.Text.Encoding.UTF8.GetBytes(response.ToJsonString(Readable));
    }
}
