using System.Buffers;

namespace McpGateway.Tests.Properties.Model;

/// <summary>Gives exactly the requested size, or <paramref name="room"/> bytes where none is requested.</summary>
internal sealed class NarrowWriter(int room) : IBufferWriter<byte>
{
    private readonly List<byte> _written = [];
    private byte[] _piece = [];

    public byte[] Written => [.. _written];

    public void Advance(int count) => _written.AddRange(_piece.AsSpan(0, count));

    public Memory<byte> GetMemory(int sizeHint = 0) => _piece = new byte[sizeHint == 0 ? room : sizeHint];

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
