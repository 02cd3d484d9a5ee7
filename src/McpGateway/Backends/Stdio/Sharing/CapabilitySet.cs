using System.Text.Json;
using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.JsonRpc;
using McpGateway.Policies;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// The client capabilities that a session declares, in a form in which equal sets are equal strings: sessions share a
/// child only with sessions whose clients can answer the same requests.
/// </summary>
internal static class CapabilitySet
{
    // Real ones have less than a kilobyte. As a part of ChildKey, they are kept as long as the child.
    private const int LongestUtf8 = 16 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    /// <summary>The client answers no requests.</summary>
    public const string None = Handshake.NoCapabilities;

    /// <summary>Reads <c>params.capabilities</c> of a request to initialize.</summary>
    /// <param name="initialize">The request; without the member it declares <see cref="None"/>.</param>
    /// <param name="capabilities">A JSON object with its members in order.</param>
    /// <returns>Null when they could be read.</returns>
    public static Refusal? TryRead(JsonRpcMessage initialize, out string capabilities)
    {
        capabilities = None;
        if (!JsonMembers.TryFind(initialize.Envelope.Params.In(initialize.Utf8), "capabilities"u8, out var declared))
            return null;
        if (declared.Length > LongestUtf8)
            return Refusal.Invalid($"capabilities have more than {LongestUtf8} bytes.");
        try
        {
            if (JsonNode.Parse(declared, documentOptions: Strict) is not JsonObject set)
                return Refusal.Invalid("capabilities must be an object.");
            capabilities = Ordered(set)!.ToJsonString();
            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Nested too deeply, a duplicate name, or a lone surrogate: parsers would read different capabilities.
            return Refusal.Invalid("capabilities are ambiguous or nested too deeply.");
        }
    }

    private static JsonNode? Ordered(JsonNode? node) => node switch
    {
        JsonObject set => new JsonObject(set.OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, Ordered(member.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Ordered)]),
        _ => node?.DeepClone(),
    };
}
