using FsCheck;
using FsCheck.Fluent;
using McpGateway.Tests.JsonRpc;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Properties.Generators;

/// <summary>A child's output, and how it comes.</summary>
/// <param name="Lines">Each without its end.</param>
/// <param name="Rest">What has no end yet.</param>
internal sealed record LineStream(byte[][] Lines, byte[] Rest, int Limit, Cuts Reads, Cuts Segments)
{
    public byte[] Bytes => [.. Lines.SelectMany(line => line.Append((byte)'\n')), .. Rest];

    public override string ToString() => $"limit {Limit}, reads: {Reads}, segments: {Segments}, lines:"
        + string.Concat(Lines.Append(Rest).Select(line => Environment.NewLine + Shown.Of(line)));
}

/// <summary>Streams of lines: messages, noise, nothing at all.</summary>
internal static class Streams
{
    public static readonly Gen<byte[]> Line = Gen.Frequency(
        (2, Gen.Elements<byte[]>([], [(byte)'\r'])),
        (2, Gen.Choose(0, 255).ArrayOf().Select(values => OnOneLine([.. values.Select(value => (byte)value)]))),
        (3, Messages.Any.Select(message => OnOneLine(message.Utf8))),
        (1, Messages.Any.Select(message => (byte[])[.. OnOneLine(message.Utf8), (byte)'\r'])),
        (1, Damages.Any.Select(damaged => OnOneLine(damaged.Utf8))));

    public static readonly Gen<LineStream> Any =
        from lines in Line.ArrayOf().ScaleSize(size => size / 3)
        from rest in Line
        from near in Gen.Choose(-1, 1)
        from limit in Gen.Frequency(
            (3, Gen.Choose(0, 40)), (2, Gen.Choose(41, 400)), (1, Gen.Constant(int.MaxValue)),
            (4, Gen.Elements([.. lines, rest]).Select(line => Math.Max(0, line.Length + near))))
        from reads in Cuts.Any
        from segments in Cuts.Any
        select new LineStream(lines, rest, limit, reads, segments);

    public static byte[] OnOneLine(byte[] bytes) => [.. bytes.Select(value => value == '\n' ? (byte)' ' : value)];

    public static IEnumerable<LineStream> Simpler(LineStream stream)
    {
        for (var i = 0; i < stream.Lines.Length; i++)
            yield return stream with { Lines = [.. stream.Lines[..i], .. stream.Lines[(i + 1)..]] };
        if (stream.Rest.Length > 0)
            yield return stream with { Rest = [] };
    }
}
