using System.Buffers;
using McpGateway.Backends.Stdio.Framing;
using McpGateway.Tests.JsonRpc;
using McpGateway.Tests.Properties.Generators;

namespace McpGateway.Tests.Properties.Model;

/// <summary>
/// Reads a stream's lines as from a pipe: what is not consumed is there again at the next read, at the same address.
/// </summary>
internal static class FramedStream
{
    /// <returns>What was left over.</returns>
    public static byte[] Read(
        LineFramer framer, ReadOnlyMemory<byte> stream, Cuts reads, Cuts segments,
        Action<ReadOnlySequence<byte>, OversizedLine?> onLine) =>
        Read(framer, reads.Of(stream).Select(segments.Of), onLine);

    /// <returns>What was left over.</returns>
    public static byte[] Read(
        LineFramer framer, IEnumerable<IReadOnlyList<ReadOnlyMemory<byte>>> reads,
        Action<ReadOnlySequence<byte>, OversizedLine?> onLine)
    {
        var waiting = new List<ReadOnlyMemory<byte>>();
        foreach (var read in reads)
        {
            waiting.AddRange(read);
            var buffer = Segments.Of(waiting);
            while (framer.TryRead(ref buffer, out var line, out var oversized))
                onLine(line, oversized);
            waiting.Clear();
            foreach (var segment in buffer)
                waiting.Add(segment);
        }

        return [.. waiting.SelectMany(segment => segment.ToArray())];
    }
}
