using System.Globalization;
using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer;

/// <summary><c>test://counter</c>, which the tool <c>touch</c> changes, and <c>test://fixed</c>, which never changes.</summary>
internal static class Resources
{
    public const string CounterUri = "test://counter";
    private const string FixedUri = "test://fixed";

    public static void List(Utf8JsonWriter result)
    {
        result.WriteStartObject();
        result.WriteStartArray("resources");
        foreach (var (uri, name) in new[] { (CounterUri, "counter"), (FixedUri, "fixed") })
        {
            result.WriteStartObject();
            result.WriteString("uri", uri);
            result.WriteString("name", name);
            result.WriteString("mimeType", "text/plain");
            result.WriteEndObject();
        }
        result.WriteEndArray();
        result.WriteEndObject();
    }

    public static Action<Utf8JsonWriter> Read(string uri, Subscriptions subscriptions)
    {
        var text = uri switch
        {
            CounterUri => subscriptions.Counter.ToString(CultureInfo.InvariantCulture),
            FixedUri => "fixed",
            _ => throw new RpcException(RpcException.ResourceNotFound, $"Resource not found: {uri}"),
        };
        return result =>
        {
            result.WriteStartObject();
            result.WriteStartArray("contents");
            result.WriteStartObject();
            result.WriteString("uri", uri);
            result.WriteString("mimeType", "text/plain");
            result.WriteString("text", text);
            result.WriteEndObject();
            result.WriteEndArray();
            result.WriteEndObject();
        };
    }
}
