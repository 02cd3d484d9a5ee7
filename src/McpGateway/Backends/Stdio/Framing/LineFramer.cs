using System.Buffers;

namespace McpGateway.Backends.Stdio.Framing;

/// <summary>
/// Cuts a child's output into lines (MCP's stdio transport: one message a line). What it has looked at it does not look
/// at again, and a line over the limit is read past without being kept.
/// </summary>
internal sealed class LineFramer(int maxLineBytes)
{
    private long _searched;
    private OversizedLine? _oversized;

    /// <summary>Takes the next line off the buffer.</summary>
    /// <param name="buffer">
    /// What was read and not yet taken; what is left when there is no whole line is for the next read.
    /// </param>
    /// <param name="line">The line without its end; empty when it was over the limit.</param>
    /// <param name="oversized">What could be told of a line over the limit; else null.</param>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line, out OversizedLine? oversized)
    {
        line = default;
        oversized = null;
        var end = buffer.Slice(_searched).PositionOf((byte)'\n');
        if (end is null)
        {
            _searched = buffer.Length;
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
