using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpGateway.Policies;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>
/// The answer to a client's initialize when its child was initialized before: the child's own result, except for the revision.
/// </summary>
internal static class InitializeAnswer
{
    // The child's text stays as it is, except where JSON must escape it.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 256 };

    /// <summary>
    /// Whether a later child is the server that the client knows from the first: the same revision and capabilities.
    /// </summary>
    public static bool IsSameServer(ReadOnlySpan<byte> first, ReadOnlySpan<byte> later)
    {
        try
        {
            var (told, now) = (JsonNode.Parse(first, documentOptions: Strict), JsonNode.Parse(later, documentOptions: Strict));
            return JsonNode.DeepEquals(told?["protocolVersion"], now?["protocolVersion"])
                && JsonNode.DeepEquals(told?["capabilities"], now?["capabilities"]);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <param name="childResult">What the child answered to the gateway, as JSON.</param>
    /// <param name="requested">The revision that the client wants.</param>
    /// <param name="withTasks">Whether tasks are served.</param>
    /// <returns>The result, as JSON; null when the child's cannot be read, or is in a revision that is not served.</returns>
    public static byte[]? TryCreate(ReadOnlySpan<byte> childResult, string? requested, bool withTasks)
    {
        try
        {
            if (JsonNode.Parse(childResult, documentOptions: Strict) is not JsonObject result
                || (string?)result["protocolVersion"] is not { } spoken || !ProtocolVersion.IsServed(spoken))
            {
                return null;
            }

            result["protocolVersion"] = ProtocolVersion.Lower(spoken, requested);
            if (!withTasks)
                (result["capabilities"] as JsonObject)?.Remove("tasks");
            return Encoding.UTF8.GetBytes(result.ToJsonString(Readable));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
