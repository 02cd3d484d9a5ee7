using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using FsCheck.Fluent;
using McpGateway.Backends.Stdio.Framing;
using McpGateway.Cli.DemoServer;
using McpGateway.Tests.JsonRpc;
using McpGateway.Tests.Properties.Generators;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Properties;

public sealed class FramingProperties
{
    [Fact]
    public void TryRead_AnyReadsSegmentsAndLimit_GivesTheLinesOfTheStream() => PropertyRun.Holds(Streams.Any, stream =>
    {
        var found = new List<string>();
        var left = FramedStream.Read(
            new LineFramer(stream.Limit), stream.Bytes, stream.Reads, stream.Segments,
            (line, oversized) => found.Add(Text(line, oversized)));
        Assert.Equal(Expected(stream), found);
        Assert.Equal(stream.Rest.Length <= stream.Limit ? stream.Rest : [], left);
    }, Streams.Simpler);

    [Fact]
    public void TryRead_APipe_GivesTheLinesOfTheStream() =>
        PropertyRun.Holds(Streams.Any, stream => Assert.Equal(Expected(stream), ReadPipe(stream)), Streams.Simpler);

    [Fact]
    public void TryRead_MessageOverTheLimit_TellsItsIdAndMethod() => PropertyRun.Holds(
        from printed in Gen.OneOf(Messages.Any.Select(message => message.Printed), Trees.NearlyMessages)
        where printed.Tree is JsonTree.Members { All: var all } && all.Count(member => member.Key == "id") < 2
        from decoy in Gen.Elements("id", "method", "{\"id\":1,", string.Empty)
        from odd in Bodies.Optional(Gen.OneOf(Values.Any, Values.LongId))
        let decoyed = ((JsonTree.Members)printed.Tree).Insert(0, "decoy", new JsonTree.Text(decoy))
        let root = odd is null ? decoyed : decoyed.With("id", odd)
        from reads in Cuts.Any
        from segments in Cuts.Any
        from limit in Gen.Choose(0, 20)
        select (Printed: new PrintedTree(root, printed.Style), Reads: reads, Segments: segments, Limit: limit),
        it =>
        {
            // It goes by and is not unescaped, so a name is known by its plain form only.
            var line = Streams.OnOneLine(JsonPrinter.Print(it.Printed.Tree, it.Printed.Style, plainNames: true));
            OversizedLine? found = null;
            FramedStream.Read(
                new LineFramer(Math.Min(it.Limit, line.Length - 1)), (byte[])[.. line, (byte)'\n'], it.Reads, it.Segments,
                (_, oversized) => found = oversized);
            Assert.Equal(line.Length, found!.Length);
            Assert.Equal(((JsonTree.Members)it.Printed.Tree).Has("method"), found.HasMethod);
            var envelope = Reading.Of(line).Envelope;
            Assert.Equal(envelope.IdRange.Length < 256 ? envelope.Id : default, found.Id);
        });

    [Fact]
    public void TryRead_LineOfTenMegabytes_IsGivenUpToTheLimitAndToldBeyond() => PropertyRun.Holds(
        from size in Gen.Choose(9_000_000, 11_000_000)
        from reads in Gen.Choose(0, 4).ArrayOf(5).Where(sizes => sizes.Sum() > 0)
        from segments in Gen.Choose(10, 70).ArrayOf(2)
        from ending in Gen.Elements("", "\r")
        select (Size: size, Ending: ending, Reads: new Cuts(reads), Segments: new Cuts(segments)),
        it =>
        {
            var line = MessageOf(it.Size, it.Ending);
            foreach (var limit in new[] { it.Size, it.Size - 1, 1000 })
            {
                var found = new List<string>();
                FramedStream.Read(
                    new LineFramer(limit), (byte[])[.. "a\n"u8, .. line, .. "\nb\n"u8], it.Reads, it.Segments,
                    (one, oversized) => found.Add(one.Length > 1
                        ? $"the same: {one.ToArray().AsSpan().SequenceEqual(line)}" : Text(one, oversized)));
                Assert.Equal(["61", limit == it.Size ? "the same: True" : $"{it.Size} bytes, id 7", "62"], found);
            }
        },
        cost: 160);

    [Fact]
    public void TryRead_LongLineInManyReads_LooksAtEachByteAFewTimesAtMost() => PropertyRun.Holds(
        from count in Gen.Choose(50, 300)
        from size in Gen.Choose(1, 20)
        from limit in Gen.Elements(int.MaxValue, 0)
        select (Count: count, Size: size, Limit: limit),
        it =>
        {
            var pieces = Enumerable.Range(0, it.Count).Select(_ => new WatchedMemory(new byte[it.Size])).ToList();
            FramedStream.Read(
                new LineFramer(it.Limit), pieces.Select(piece => (ReadOnlyMemory<byte>[])[piece.Memory]),
                (_, _) => Assert.Fail("No line has ended."));

            // Once to search it, once to go past it, once where the next search begins; and the test looks once.
            Assert.All(pieces, piece => Assert.InRange(piece.Looks, 1, 4));
        },
        cost: 20);

    private static List<string> ReadPipe(LineStream stream)
    {
        var framer = new LineFramer(stream.Limit);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0, minimumSegmentSize: 16, useSynchronizationContext: false));
        var found = new List<string>();
        foreach (var piece in stream.Reads.Of(stream.Bytes).Where(piece => piece.Length > 0))
        {
            pipe.Writer.Write(piece.Span);
            Assert.True(pipe.Writer.FlushAsync(TestContext.Current.CancellationToken).AsTask().IsCompletedSuccessfully);
            Assert.True(pipe.Reader.TryRead(out var read));
            var buffer = read.Buffer;
            while (framer.TryRead(ref buffer, out var line, out var oversized))
                found.Add(Text(line, oversized));
            pipe.Reader.AdvanceTo(buffer.Start, buffer.End);
        }

        return found;
    }

    private static IEnumerable<string> Expected(LineStream stream) => stream.Lines.Select(line =>
    {
        if (line.Length <= stream.Limit)
            return Text(new ReadOnlySequence<byte>(line), null);
        var oversized = new OversizedLine();
        oversized.Append(line);
        return Text(default, oversized);
    });

    private static string Text(in ReadOnlySequence<byte> line, OversizedLine? oversized) => oversized is null
        ? Convert.ToHexString(line.ToArray())
        : $"{oversized.Length} bytes, {(oversized.HasMethod ? "a method, " : null)}id {oversized.Id}";

    private static byte[] MessageOf(int size, string ending)
    {
        var start = "{\"jsonrpc\":\"2.0\",\"result\":\""u8;
        var end = Encoding.ASCII.GetBytes($"\",\"id\":7}}{ending}");
        var line = new byte[size];
        line.AsSpan().Fill((byte)'x');
        start.CopyTo(line);
        end.CopyTo(line, size - end.Length);
        return line;
    }
}
