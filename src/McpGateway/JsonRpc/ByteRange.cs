namespace McpGateway.JsonRpc;

/// <summary>The position of a JSON token in its message, in bytes. Empty when there is no such token.</summary>
internal readonly record struct ByteRange(int Start, int Length)
{
    public int End => Start + Length;

    public bool IsEmpty => Length == 0;

    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> message) => message.Slice(Start, Length);
}
