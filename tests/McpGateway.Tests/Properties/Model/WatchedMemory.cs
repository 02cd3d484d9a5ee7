using System.Buffers;

namespace McpGateway.Tests.Properties.Model;

/// <summary>Counts how often somebody looks at its bytes.</summary>
internal sealed class WatchedMemory(byte[] bytes) : MemoryManager<byte>
{
    public int Looks { get; private set; }

    public override Span<byte> GetSpan()
    {
        Looks++;
        return bytes;
    }

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin() => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
    }
}
