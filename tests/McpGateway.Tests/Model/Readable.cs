using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpGateway.Tests.Model;

internal static class Readable
{
    public static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
