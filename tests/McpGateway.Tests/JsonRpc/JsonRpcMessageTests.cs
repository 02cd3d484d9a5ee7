using System.Buffers;
using System.Text;
using McpGateway.JsonRpc;

namespace McpGateway.Tests.JsonRpc;

public sealed class JsonRpcMessageTests
{
    [Fact]
    public void TryTake_LineBreaksBetweenTokens_BecomeSpaces()
    {
        using var message = Json.Message("{\r\n\"jsonrpc\":\"2.0\",\n\n\"id\":1,\r\"method\":\"ping\"}\n");
        Assert.Equal("{  \"jsonrpc\":\"2.0\",  \"id\":1, \"method\":\"ping\"} ", Json.Written(message));
    }

    [Fact]
    public void TryTake_EscapedLineBreaks_Stay()
    {
        const string text = """{"jsonrpc":"2.0","method":"x","params":{"a":"b\r\n\u000a\u000d"}}""";
        using var message = Json.Message(text);
        Assert.Equal(text, Json.Written(message));
    }

    [Fact]
    public void TryCopy_ManySegments_AreOneMessage()
    {
        const string text = """{"jsonrpc":"2.0","id":"é","method":"ping"}""";
        Assert.Null(JsonRpcMessage.TryCopy(Segments.Of(Encoding.UTF8.GetBytes(text), 1), out var message, out _));
        Assert.Equal(text, Json.Written(message!));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":"client","method":"tools/call","params":{"_meta":{"progressToken":"abc"},"id":3}}""")]
    [InlineData("""{"params":{"_meta":{"progressToken":"abc"},"id":3},"method":"tools/call","id":"client","jsonrpc":"2.0"}""")]
    public void Replace_IdAndToken_InEitherOrderAndOfAnyLength(string text)
    {
        JsonRpcId[] values = [1, 1234567890123456789, JsonRpcId.FromString(string.Empty),
            JsonRpcId.FromString("q\"\\ é漢😀\n long enough")];
        foreach (var id in values)
        {
            foreach (var token in values)
            {
                using var message = Json.Message(text);
                message.ReplaceProgressToken(token);
                message.ReplaceId(id);
                var written = Json.Written(message);
                Json.Equal(text.Replace("\"client\"", Utf8(id), StringComparison.Ordinal)
                    .Replace("\"abc\"", Utf8(token), StringComparison.Ordinal), written);
                Assert.Equal(message.WrittenLength, Encoding.UTF8.GetByteCount(written));
                Assert.DoesNotContain('\n', written);
            }
        }
    }

    [Fact]
    public void ReplaceId_Twice_TheLastHolds()
    {
        using var message = Json.Request(5);
        message.ReplaceId(123456);
        message.ReplaceId(JsonRpcId.FromString("x"));
        Json.Equal("""{"jsonrpc":"2.0","id":"x","method":"tools/call"}""", Json.Written(message));
        Assert.Equal(message.WrittenLength, Json.Written(message).Length);
    }

    [Fact]
    public void ReplaceId_OfACancellation_IsTheRequestThatItNames()
    {
        using var message = Json.Message(
            """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"abc","reason":"r"}}""");
        message.ReplaceId(7);
        Json.Equal("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7,"reason":"r"}}""",
            Json.Written(message));
    }

    [Fact]
    public void ReplaceId_OfARequestNamedLikeACancellation_IsItsOwn()
    {
        using var message = Json.Message(
            """{"jsonrpc":"2.0","id":1,"method":"notifications/cancelled","params":{"requestId":5}}""");
        message.ReplaceId(7);
        Json.Equal("""{"jsonrpc":"2.0","id":7,"method":"notifications/cancelled","params":{"requestId":5}}""",
            Json.Written(message));
    }

    [Fact]
    public void Replace_WhatIsNotThere_Throws()
    {
        using var message = Json.Notification("x");
        Assert.Throws<InvalidOperationException>(() => message.ReplaceId(1));
        Assert.Throws<InvalidOperationException>(() => message.ReplaceProgressToken(1));
    }

    [Fact]
    public void Dispose_Twice_ReturnsTheBufferOnce()
    {
        // A size of its own, so that no other test has buffers of it in the pool.
        const int size = 1 << 21;
        var rented = ArrayPool<byte>.Shared.Rent(size);
        var text = Encoding.UTF8.GetBytes("""{"jsonrpc":"2.0","id":1,"method":"ping"}""");
        text.CopyTo(rented, 0);
        Assert.Null(JsonRpcMessage.TryTake(rented, text.Length, out var message, out _));
        message!.Dispose();
        message.Dispose();
        var one = ArrayPool<byte>.Shared.Rent(size);
        var other = ArrayPool<byte>.Shared.Rent(size);
        Assert.Same(rented, one);
        Assert.NotSame(one, other);
    }

    [Fact]
    public void Use_AfterDispose_Throws()
    {
        var message = Json.Request(1);
        message.Dispose();
        Assert.Throws<ObjectDisposedException>(() => message.Utf8.Length);
        Assert.Throws<ObjectDisposedException>(() => message.WriteTo(new ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void TryTake_Invalid_GivesTheBufferBackAndTellsTheId()
    {
        const int size = 1 << 22;
        var rented = ArrayPool<byte>.Shared.Rent(size);
        var text = Encoding.UTF8.GetBytes("""{"jsonrpc":"1.0","id":9,"method":"ping"}""");
        text.CopyTo(rented, 0);
        var error = JsonRpcMessage.TryTake(rented, text.Length, out var message, out var envelope);
        Assert.Equal(JsonRpcErrorCode.InvalidRequest, error?.Code);
        Assert.Null(message);
        Assert.Equal((JsonRpcId)9, envelope.Id);
        Assert.Same(rented, ArrayPool<byte>.Shared.Rent(size));
    }

    [Fact]
    public void Create_NoMessage_Throws() => Assert.Throws<ArgumentException>(() => JsonRpcMessage.Create("{}"u8.ToArray()));

    private static string Utf8(JsonRpcId id) => Encoding.UTF8.GetString(id.ToUtf8());
}
