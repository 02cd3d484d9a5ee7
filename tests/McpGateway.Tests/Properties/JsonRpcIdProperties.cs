using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using McpGateway.Cli.DemoServer;
using McpGateway.JsonRpc;
using McpGateway.Tests.Properties.Generators;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Properties;

public sealed class JsonRpcIdProperties
{
    // Two that are often the same value, and often nearly the same.
    private static readonly Gen<(PrintedTree One, PrintedTree Other)> Pairs =
        from one in Values.Id
        from other in Gen.Frequency((3, Gen.Constant(one)), (2, Near(one)), (1, Values.Id))
        from styles in Messages.Style.Two()
        select (new PrintedTree(one, styles.Item1), new PrintedTree(other, styles.Item2));

    [Fact]
    public void Equals_TwoIds_WhenTheyAreOneValueToAParser() => PropertyRun.Holds(Pairs, pair =>
    {
        var (one, other) = (Read(pair.One), Read(pair.Other));
        Assert.Equal(AreOneValue(pair.One.Tree, pair.Other.Tree), one == other);
        Assert.Equal(one == other, other.Equals(one));
        if (one == other)
            Assert.Equal(one.GetHashCode(), other.GetHashCode());
    });

    [Fact]
    public void ToUtf8_AnyId_ReadsBackEqualOnOneLine() => PropertyRun.Holds(Printed(Values.Id), printed =>
    {
        var id = Read(printed);
        var written = id.ToUtf8();
        Assert.Equal(id, Read(written));
        Assert.True(AreOneValue(printed.Tree, ReferenceParser.Parse(written)!));
        Assert.DoesNotContain(written, value => value < ' ');
    });

    [Fact]
    public void FromString_AnyText_IsTheIdThatIsReadFromIt() => PropertyRun.Holds(Printed(Values.TextId), printed =>
        Assert.Equal(JsonRpcId.FromString(((JsonTree.Text)printed.Tree).Value), Read(printed)));

    [Fact]
    public void TryFormat_AnyInteger_IsItsTextWhenItHas64Bits() => PropertyRun.Holds(Values.IntegerId, tree =>
    {
        var fits = long.TryParse(((JsonTree.Scalar)tree).Raw, out var number);
        var id = Read(new PrintedTree(tree, 0));
        Assert.Equal(fits, id.TryGetInt64(out var read));
        Span<byte> digits = stackalloc byte[JsonRpcId.MaxIntegerBytes];
        Assert.Equal(fits, id.TryFormat(digits, out var written));
        if (!fits)
            return;
        Assert.Equal(number, read);
        Assert.Equal((JsonRpcId)number, id);
        Assert.Equal(id.ToUtf8(), digits[..written].ToArray());
    });

    [Fact]
    public void TryRead_AnyOtherValue_IsNone() => PropertyRun.Holds(Printed(Values.NoIdAndNoNull), printed =>
    {
        var reader = new Utf8JsonReader(printed.Utf8);
        reader.Read();
        Assert.False(JsonRpcId.TryRead(ref reader, out var id));
        Assert.True(id.IsNone);
    });

    private static Gen<PrintedTree> Printed(Gen<JsonTree> trees) =>
        from tree in trees from style in Messages.Style select new PrintedTree(tree, style);

    private static Gen<JsonTree> Near(JsonTree id) => id switch
    {
        JsonTree.Scalar { Raw: var raw } => Gen.Elements<JsonTree>(
            new JsonTree.Text(raw),
            new JsonTree.Scalar(raw[0] == '-' ? raw[1..] : $"-{raw}"),
            new JsonTree.Scalar(raw[..^1] + (raw[^1] == '1' ? '2' : '1')),
            new JsonTree.Scalar(raw is "0" or "-0" ? "10" : $"{raw}0")),
        JsonTree.Text { Value: var text } => Gen.Elements<JsonTree>(
            new JsonTree.Text(text.ToUpperInvariant()),
            new JsonTree.Text(text + '\0'),
            new JsonTree.Text(text.Trim()),
            new JsonTree.Text(text.Normalize(NormalizationForm.FormD)),
            new JsonTree.Text("x" + text)),
        _ => throw new InvalidOperationException(),
    };

    private static bool AreOneValue(JsonTree one, JsonTree other) => (one, other) switch
    {
        (JsonTree.Text a, JsonTree.Text b) => string.Equals(a.Value, b.Value, StringComparison.Ordinal),
        (JsonTree.Scalar a, JsonTree.Scalar b) => Number(a) == Number(b),
        _ => false,
    };

    private static System.Numerics.BigInteger Number(JsonTree.Scalar scalar) =>
        System.Numerics.BigInteger.Parse(scalar.Raw, System.Globalization.CultureInfo.InvariantCulture);

    private static JsonRpcId Read(PrintedTree printed) => Read(printed.Utf8);

    private static JsonRpcId Read(byte[] utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        Assert.True(JsonRpcId.TryRead(ref reader, out var id));
        return id;
    }
}
