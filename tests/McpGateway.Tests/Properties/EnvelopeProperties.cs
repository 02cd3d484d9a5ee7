using System.Text;
using FsCheck.Fluent;
using McpGateway.Cli.DemoServer;
using McpGateway.JsonRpc;
using McpGateway.Tests.Properties.Generators;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Properties;

public sealed class EnvelopeProperties
{
    [Fact]
    public void TryCopy_ProperMessage_TellsItsFacts() => PropertyRun.Holds(Messages.Any, message =>
    {
        var utf8 = message.Utf8;
        Reading.Of(utf8).AssertIs(new Verdict(null, message.Facts), utf8);
    }, Messages.Simpler);

    [Fact]
    public void TryCopy_OneRuleBroken_IsInvalidRequest() => PropertyRun.Holds(
        Violations.Any,
        violation => Assert.Equal(JsonRpcErrorCode.InvalidRequest, Reading.Of(violation.Printed.Utf8).Error?.Code));

    [Fact]
    public void TryCopy_NearlyAMessage_IsJudgedByTheRules() => PropertyRun.Holds(Trees.NearlyMessages, printed =>
    {
        var utf8 = printed.Utf8;
        Reading.Of(utf8).AssertIs(EnvelopeOracle.Judge(printed.Tree), utf8);
    }, Trees.Simpler);

    [Fact]
    public void TryCopy_BytesThatSomebodyHasBeenAt_AreJudgedByTheRules() => PropertyRun.Holds(
        Damages.Any,
        damaged => Reading.Of(damaged.Utf8).AssertIs(EnvelopeOracle.Judge(damaged.Utf8), damaged.Utf8),
        Damages.Simpler);

    [Fact]
    public void TryCopy_NoJsonOrNoPlainUtf8_IsParseError() => PropertyRun.Holds(Damages.Fatal, damaged =>
    {
        var reading = Reading.Of(damaged.Utf8);
        Assert.Equal(JsonRpcErrorCode.ParseError, reading.Error?.Code);
        Assert.True(reading.Envelope.Id.IsNone);
    });

    [Fact]
    public void TryCopy_SameDocumentSpeltDifferently_HasTheSameOutcome() => PropertyRun.Holds(
        Gen.OneOf(Trees.NearlyMessages, Violations.Any.Select(violation => violation.Printed)),
        printed =>
        {
            var (plain, other) = (Reading.Of(JsonPrinter.Print(printed.Tree, 0)), Reading.Of(printed.Utf8));
            Assert.Equal(plain.Error, other.Error);
            Assert.Equal(WithoutPlaces(plain.Envelope), WithoutPlaces(other.Envelope));
        },
        Trees.Simpler);

    [Fact]
    public void TryCopy_LineBreaksBetweenTokens_BecomeSpacesAndAllElseStays() => PropertyRun.Holds(Messages.Any, message =>
    {
        var utf8 = message.Utf8;
        byte[] expected = [.. utf8.Select(value => value is (byte)'\r' or (byte)'\n' ? (byte)' ' : value)];
        var written = Reading.Of(utf8).Written;
        Assert.Equal(expected, written);
        Assert.Equal(message.Root.ToString(), ReferenceParser.Parse(written)?.ToString());
    }, Messages.Simpler);

    [Fact]
    public void TryCopy_Nesting_IsTakenTo256LevelsWhereverItIs() => PropertyRun.Holds(
        from message in Messages.Any
        from level in Gen.Elements(NameRules.Levels)
        from depth in Gen.Choose(250, 262)
        from nested in Values.Nested(depth - (int)level - 1)
        from name in Names.Free(level).Where(name => !Edits.Find(message.Root, level).Has(name))
        select new PrintedTree(Edits.At(message.Root, level, members => members.With(name, nested)), message.Style),
        printed => Assert.Equal(
            printed.Tree.Depth > 256 ? JsonRpcErrorCode.ParseError : null, Reading.Of(printed.Utf8).Error?.Code),
        cost: 5);

    // Exhaustive, not drawn: which letters fold into ASCII is a matter of the runtime's tables.
    [Fact]
    public void TryCopy_LetterBeyondAscii_StandsForOneOfAsciiWhenItFoldsIntoIt()
    {
        // Each letter of ASCII that is in a name gives way to a tilde, and that to the letter in question.
        var names = NameRules.Read(Level.Params)
            .SelectMany(name => name.Select((letter, at) => (Letter: letter, Name: $"\"{name[..at]}~{name[(at + 1)..]}\":0")))
            .DistinctBy(member => char.ToLowerInvariant(member.Letter))
            .Select(member => member.Name);
        var template = $"{{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"params\":{{{string.Join(',', names)}}}}}";
        for (var code = 0x80; code <= char.MaxValue; code++)
        {
            var letter = (char)code;
            if (char.IsSurrogate(letter))
                continue;
            var isRefused = Reading.Of(Encoding.UTF8.GetBytes(template.Replace('~', letter))).Error is not null;
            Assert.True(NameRules.FoldedLetters.ContainsKey(letter) == isRefused, $"U+{code:X4}");
        }
    }

    private static JsonRpcEnvelope WithoutPlaces(JsonRpcEnvelope envelope) => envelope with
    {
        IdRange = default, Params = default, Result = default, ProgressTokenRange = default, CancelledIdRange = default,
    };
}
