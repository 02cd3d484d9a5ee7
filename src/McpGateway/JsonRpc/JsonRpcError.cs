using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpGateway.JsonRpc;

/// <summary>
/// An error of the gateway itself. The message says what to do, and never contains a body, a token or a secret.
/// </summary>
/// <param name="Code">See <see cref="JsonRpcErrorCode"/>.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Data">Details for programs; null when there are none.</param>
internal sealed record JsonRpcError(int Code, string Message, JsonObject? Data = null)
{
    // People read these with curl, so quotes and letters outside ASCII are not escaped. That would matter only inside HTML.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The complete error response as UTF-8.</summary>
    public byte[] ToResponse(JsonRpcId id)
    {
        var error = new JsonObject { ["code"] = Code, ["message"] = Message };
        if (Data is not null)
            error["data"] = Data.DeepClone(); // a JsonNode has one parent, and an error may be sent several times
        var response = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = JsonNode.Parse(id.ToUtf8()),
            ["error"] = error,
        };
        return System.Text.Encoding.UTF8.GetBytes(response.ToJsonString(Readable));
    }
}
