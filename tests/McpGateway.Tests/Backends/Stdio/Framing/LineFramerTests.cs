using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using McpGateway.Backends.Stdio.Framing;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Backends.Stdio.Framing;

public sealed class LineFramerTests
{
    private const int Limit = 24;

    [Theory]
    [InlineData("abc\n", "abc")]
    [InlineData("a\nbb\n\nccc\n", "a|bb||ccc")]
    [InlineData("a\r\nb\r\n", "a\r|b\r")]
    [InlineData("\n\n\n", "||")]
    [InlineData("no end", "")]
    [InlineData("a\nrest", "a")]
    [InlineData("123456789012345678901234\nx\n", "123456789012345678901234|x")]
    [InlineData("{\"id\":7,\"result\":\"12345678901234567890\"}\nx\n", "!7|x")]
    [InlineData("{\"result\":\"12345678901234567890\",\"id\":\"s\"}\nx\ny\n", "!s|x|y")]
    [InlineData("a\n{\"id\":7,\"method\":\"12345678901234567890\"}\n{\"id\":8,\"result\":\"12345678901234567890\"}\nx\n",
        "a|!7m|!8|x")]
    public async Task TryRead_HoweverTheReadsAreCut_GivesTheSameLines(string text, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var first = 0; first <= bytes.Length; first++)
        {
            for (var second = first; second <= bytes.Length; second++)
                Assert.Equal(expected, await FrameAsync([bytes[..first], bytes[first..second], bytes[second..]]));
        }

        Assert.Equal(expected, await FrameAsync([.. bytes.Select(value => new[] { value })]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void TryRead_SegmentsOfOneRead_GiveTheSameLines(int size)
    {
        var buffer = Segments.Of(
            Encoding.UTF8.GetBytes("one\n\ntwo\n{\"id\":7,\"result\":\"12345678901234567890\"}\nthree"), size);
        Assert.Equal("one||two|!7", Lines(new LineFramer(Limit), ref buffer));
        Assert.Equal("three", Encoding.UTF8.GetString(buffer.ToArray()));
    }

    [Fact]
    public void TryRead_LongLineWithoutEnd_IsNotKept()
    {
        var framer = new LineFramer(Limit);
        for (var i = 0; i < 100; i++)
        {
            var buffer = new ReadOnlySequence<byte>(new byte[1000]);
            Assert.False(framer.TryRead(ref buffer, out _, out _));
            Assert.True(buffer.IsEmpty);
        }

        var end = new ReadOnlySequence<byte>("\n"u8.ToArray());
        Assert.True(framer.TryRead(ref end, out _, out var oversized));
        Assert.Equal(100_000, oversized!.Length);
    }

    private static async Task<string> FrameAsync(byte[][] reads)
    {
        var framer = new LineFramer(Limit);
        var pipe = new Pipe();
        var lines = new List<string>();
        foreach (var read in reads.Where(read => read.Length > 0))
        {
            await pipe.Writer.WriteAsync(read, TestContext.Current.CancellationToken);
            Assert.True(pipe.Reader.TryRead(out var result));
            var buffer = result.Buffer;
            if (Lines(framer, ref buffer) is { } found)
                lines.Add(found);
            pipe.Reader.AdvanceTo(buffer.Start, buffer.End);
        }

        return string.Join('|', lines);
    }

    private static string? Lines(LineFramer framer, ref ReadOnlySequence<byte> buffer)
    {
        var lines = new List<string>();
        while (framer.TryRead(ref buffer, out var line, out var oversized))
            lines.Add(oversized is null
                ? Encoding.UTF8.GetString(line.ToArray())
                : $"!{oversized.Id}{(oversized.HasMethod ? "m" : null)}");
        return lines.Count == 0 ? null : string.Join('|', lines);
    }
}

public sealed class OversizedLineTests
{
    [Theory]
    [InlineData("{\"id\":7}", "7", false)]
    [InlineData("{\"result\":{\"id\":8},\"id\":7}", "7", false)]
    [InlineData("{\"id\":7,\"result\":{\"id\":8}}", "7", false)]
    [InlineData(" { \"id\" : -7 , \"x\" : [ {\"id\":8} , \"id\" ] } ", "-7", false)]
    [InlineData("{\"id\":\"a\\u0062\\\"}\",\"result\":1}", "ab\"}", false)]
    [InlineData("{\"result\":\"\\\"id\\\":8,\\\\\",\"id\":7}", "7", false)]
    [InlineData("{\"result\":\"id\",\"x\":7}", "none", false)]
    [InlineData("{\"result\":{\"id\":8}}", "none", false)]
    [InlineData("{\"id\":{\"id\":8}}", "none", false)]
    [InlineData("{\"id\":[8]}", "none", false)]
    [InlineData("{\"id\":null}", "none", false)]
    [InlineData("{\"id\":1.5}", "none", false)]
    [InlineData("{\"id\":7", "none", false)]
    [InlineData("{\"id\":7,\"method\":\"x\"}", "7", true)]
    [InlineData("{\"params\":{\"method\":\"x\"},\"id\":7}", "7", false)]
    [InlineData("{\"x\":\"method\",\"id\":7}", "7", false)]
    [InlineData("noise : \"id\" 7, {[", "none", false)]
    public void Append_Line_FindsTheOutermostId(string text, string id, bool hasMethod)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var split = 0; split <= bytes.Length; split++)
        {
            var line = new OversizedLine();
            line.Append(bytes.AsSpan(0, split));
            line.Append(bytes.AsSpan(split));
            Assert.Equal(id, line.Id.ToString());
            Assert.Equal(hasMethod, line.HasMethod);
            Assert.Equal(bytes.Length, line.Length);
        }
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(300, false)]
    public void Append_LongId_IsReadWhenItCouldBeKept(int length, bool found)
    {
        var line = new OversizedLine();
        line.Append(Encoding.UTF8.GetBytes($$"""{"id":"{{new string('x', length)}}"}"""));
        Assert.Equal(found, !line.Id.IsNone);
    }
}
