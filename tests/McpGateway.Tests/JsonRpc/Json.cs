using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using McpGateway.JsonRpc;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.JsonRpc;

/// <summary>Makes messages out of text, and text out of messages.</summary>
internal static class Json
{
    public static JsonRpcMessage Message(string json) => Message(Encoding.UTF8.GetBytes(json));

    public static JsonRpcMessage Message(byte[] utf8)
    {
        Assert.Null(JsonRpcMessage.TryCopy(new ReadOnlySequence<byte>(utf8), out var message, out _));
        return message!;
    }

    public static JsonRpcMessage Request(int id, string method = "tools/call") =>
        Message($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}"}""");

    public static JsonRpcMessage Notification(string method) => Message($$"""{"jsonrpc":"2.0","method":"{{method}}"}""");

    public static string Written(JsonRpcMessage message)
    {
        var writer = new ArrayBufferWriter<byte>();
        message.WriteTo(writer);
        return Encoding.UTF8.GetString(writer.WrittenSpan);
    }

    public static void Equal(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), $"{actual} is not {expected}");
}
