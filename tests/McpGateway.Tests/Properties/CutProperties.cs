using FsCheck;
using FsCheck.Fluent;
using McpGateway.Backends.Stdio.Framing;
using McpGateway.Tests.JsonRpc;
using McpGateway.Tests.Properties.Generators;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Properties;

/// <summary>What comes of a message is the same however its bytes come.</summary>
public sealed class CutProperties
{
    private static readonly Gen<byte[]> Bytes = Gen.OneOf(
        Messages.Any.Select(message => message.Utf8), Trees.NearlyMessages.Select(tree => tree.Utf8),
        Damages.Any.Select(damaged => damaged.Utf8), Damages.Fatal.Select(damaged => damaged.Utf8));

    [Fact]
    public void TryCopy_AnySegments_HaveTheSameOutcome() => PropertyRun.Holds(
        from bytes in Bytes from cuts in Cuts.Any select (Message: new Damaged(bytes), Cuts: cuts),
        cut => Reading.Of(cut.Message.Utf8).AssertSame(Reading.Of(Segments.Of(cut.Cuts.Of(cut.Message.Utf8)))));

    [Fact]
    public void TryCopy_LinesOffAStream_HaveTheOutcomeOfTheirBytes() => PropertyRun.Holds(
        from lines in Bytes.Select(Streams.OnOneLine).ArrayOf(4)
        from reads in Cuts.Any
        from segments in Cuts.Any
        select new LineStream(lines, [], int.MaxValue, reads, segments),
        stream =>
        {
            var found = new List<Reading>();
            FramedStream.Read(
                new LineFramer(stream.Limit), stream.Bytes, stream.Reads, stream.Segments,
                (line, _) => found.Add(Reading.Of(line)));
            Assert.Equal(stream.Lines.Length, found.Count);
            Assert.All(stream.Lines.Zip(found), pair => Reading.Of(pair.First).AssertSame(pair.Second));
        },
        Streams.Simpler,
        cost: 4);
}
