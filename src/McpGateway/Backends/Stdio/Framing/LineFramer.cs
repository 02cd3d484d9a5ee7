using System.Buffers;

namespace McpGateway.Backends.Stdio.Framing;

/// <summary>
/// Cuts a child's output into lines (MCP, Transports, "stdio": one message per line). Each byte is searched only once, and a line
/// over the limit is skipped without being kept.
/// </summary>
internal sealed class LineFramer(int maxLineBytes)
{
    // The length of the part of the buffer that is known to have no line break.
    private long _searched;
    private OversizedLine? _oversized;

    /// <summary>Takes the next line from the buffer.</summary>
    /// <param name="buffer">
    /// The bytes that were read and not yet taken. If they contain no whole line, they are needed again with the next read.
    /// </param>
    /// <param name="line">The line without its end; empty when it was over the limit.</param>
    /// <param name="oversized">What is known of a line over the limit; otherwise null.</param>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line, out OversizedLine? oversized)
    {
        line = default;
        oversized = null;
        var end = buffer.Slice(_searched).PositionOf((byte)'\n');
        if (end is null)
        {
            _searched = buffer.Length;
            // Before the line ends: the pipe would otherwise keep all of it in memory.
            if (_searched > maxLineBytes || _oversized is not null)
                Skip(ref buffer, buffer.End);
            return false;
        }

        var found = buffer.Slice(0, end.Value);
        if (_oversized is not null || found.Length > maxLineBytes)
        {
            Skip(ref buffer, end.Value);
            oversized = _oversized;
            _oversized = null;
        }
        else
        {
            line = found;
        }

        _searched = 0;
        buffer = buffer.Slice(buffer.GetPosition(1, end.Value));
        return true;
    }

    private void Skip(ref ReadOnlySequence<byte> buffer, SequencePosition end)
    {
        _oversized ??= new OversizedLine();
        foreach (var segment in buffer.Slice(0, end))
            _oversized.Append(segment.Span);
        buffer = buffer.Slice(end);
        _searched = 0;
    }
}
