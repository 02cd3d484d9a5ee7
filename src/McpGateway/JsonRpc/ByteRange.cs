namespace McpGateway.JsonRpc;

/// <summary>Where a JSON token lies in its message, in bytes. Empty when the token is absent.</summary>
internal readonly record struct ByteRange(int Start, int Length)
{
    public int End => Start + Length;

    public bool IsEmpty => Length == 0;

    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> message) => message.Slice(Start, Length);
}
