using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck.Fluent;
using McpGateway.JsonRpc;
using McpGateway.Tests.JsonRpc;
using McpGateway.Tests.Properties.Generators;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Properties;

public sealed class RewritingProperties
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256 };

    [Fact]
    public void WriteTo_AnyReplacements_ChangesThoseValuesAlone() => PropertyRun.Holds(Rewritings.Any, rewriting =>
    {
        var writer = new ArrayBufferWriter<byte>();
        var announced = rewriting.WriteTo(writer);
        Assert.Equal(rewriting.Expected.ToString(), ReferenceParser.Parse(writer.WrittenSpan)?.ToString());
        Assert.Equal(announced, writer.WrittenCount);
        Assert.Equal(-1, writer.WrittenSpan.IndexOfAny("\r\n"u8));
    }, Rewritings.Simpler);

    [Fact]
    public void WriteTo_AnyReplacements_IsTheExpectedDocumentToJsonDocument() => PropertyRun.Holds(Rewritings.Any, rewriting =>
    {
        using var written = JsonDocument.Parse(rewriting.Write(), Options);
        using var expected = JsonDocument.Parse(Encoding.UTF8.GetBytes(rewriting.Expected.ToString()), Options);
        Assert.True(AreSame(expected.RootElement, written.RootElement));
    }, Rewritings.Simpler);

    [Fact]
    public void WriteTo_WriterWithLittleRoom_GetsTheSameBytes() => PropertyRun.Holds(
        from rewriting in Rewritings.Any from room in Gen.Choose(1, 40) select (Rewriting: rewriting, Room: room),
        it =>
        {
            var writer = new NarrowWriter(it.Room);
            it.Rewriting.WriteTo(writer);
            Assert.Equal(it.Rewriting.Write(), writer.Written);
        });

    [Fact]
    public void Replace_WhatIsNotThere_Throws() => PropertyRun.Holds(Messages.Any, message =>
    {
        using var read = Json.Message(message.Utf8);
        if (message.Facts.Kind is JsonRpcKind.Notification && message.Facts.CancelledId is null)
            Assert.Throws<InvalidOperationException>(() => read.ReplaceId(1));
        if (message.Facts.Token is null)
            Assert.Throws<InvalidOperationException>(() => read.ReplaceProgressToken(1));
        Assert.Equal(read.Utf8.Length, read.WrittenLength);
    });

    // JsonElement's own comparison throws on half a surrogate pair, and takes 1.0 for 1.
    private static bool AreSame(JsonElement one, JsonElement other) => one.ValueKind == other.ValueKind && one.ValueKind switch
    {
        JsonValueKind.Object => one.GetPropertyCount() == other.GetPropertyCount()
            && one.EnumerateObject().Zip(other.EnumerateObject()).All(AreSame),
        JsonValueKind.Array => one.GetArrayLength() == other.GetArrayLength()
            && one.EnumerateArray().Zip(other.EnumerateArray()).All(pair => AreSame(pair.First, pair.Second)),
        JsonValueKind.String => Text(() => one.GetString()!) == Text(() => other.GetString()!),
        _ => one.GetRawText() == other.GetRawText(),
    };

    private static bool AreSame((JsonProperty One, JsonProperty Other) pair) =>
        Text(() => pair.One.Name) == Text(() => pair.Other.Name) && AreSame(pair.One.Value, pair.Other.Value);

    private static string Text(Func<string> text)
    {
        try
        {
            return text();
        }
        catch (InvalidOperationException)
        {
            return "half a surrogate pair";
        }
    }
}
