using System.Buffers;
using McpGateway.JsonRpc;

namespace McpGateway.Tests.Properties.Model;

/// <summary>All that comes of reading a message.</summary>
/// <param name="Error">Null when it may pass.</param>
/// <param name="Written">What is passed on.</param>
internal sealed record Reading(JsonRpcError? Error, JsonRpcEnvelope Envelope, byte[]? Written)
{
    public static Reading Of(byte[] message) => Of(new ReadOnlySequence<byte>(message));

    public static Reading Of(in ReadOnlySequence<byte> message)
    {
        var error = JsonRpcMessage.TryCopy(message, out var read, out var envelope);
        using (read)
            return new Reading(error, envelope, read is null ? null : Write(read));
    }

    public static byte[] Write(JsonRpcMessage message)
    {
        var writer = new ArrayBufferWriter<byte>();
        message.WriteTo(writer);
        return writer.WrittenSpan.ToArray();
    }

    public void AssertIs(Verdict verdict, byte[] message)
    {
        Assert.Equal(verdict.Error, Error?.Code);
        if (Error is null)
            verdict.Facts.AssertHold(Envelope, message);
        else
            verdict.Facts.AssertHoldOfRefused(Envelope);
    }

    public void AssertSame(Reading other)
    {
        Assert.Equal(Error, other.Error);
        Assert.Equal(Envelope, other.Envelope);
        Assert.Equal(Written, other.Written);
    }
}
