using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using McpGateway.JsonRpc;
using McpGateway.Tests.Properties.Generators;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Properties;

/// <summary>What the other properties compare with is right itself.</summary>
public sealed class ReferenceProperties
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256 };

    [Fact]
    public void Print_AnyDocument_ReadsBackTheSame() => PropertyRun.Holds(
        from tree in Values.Any from style in Messages.Style select new PrintedTree(tree, style),
        printed =>
        {
            var expected = printed.Tree.ToString();
            Assert.Equal(expected, ReferenceParser.Parse(printed.Utf8)?.ToString());
            Assert.Equal(expected, ReferenceParser.Parse(Encoding.UTF8.GetBytes(expected))?.ToString());
        },
        Trees.Simpler);

    [Fact]
    public void Parse_AnyBytes_AreJsonWhenTheyAreToJsonDocument() => PropertyRun.Holds(Damages.Any, damaged =>
    {
        // JsonDocument skips a byte-order mark, and does not check the inside of strings.
        var isJson = System.Text.Unicode.Utf8.IsValid(damaged.Utf8) && damaged.Utf8 is not [0xEF, 0xBB, 0xBF, ..];
        try
        {
            using var document = JsonDocument.Parse(damaged.Utf8, Options);
        }
        catch (JsonException)
        {
            isJson = false;
        }

        Assert.Equal(isJson, ReferenceParser.Parse(damaged.Utf8) is not null);
    }, Damages.Simpler);

    [Fact]
    public void Judge_ProperMessage_FindsTheFactsThatItWasMadeOf() => PropertyRun.Holds(Messages.Any, message =>
    {
        var (error, facts) = EnvelopeOracle.Judge(message.Root);
        Assert.Null(error);
        Assert.Equal(message.Facts.ToString(), facts.ToString());
    });

    [Fact]
    public void Judge_OneRuleBroken_IsInvalidRequest() => PropertyRun.Holds(
        Violations.Any, violation => Assert.Equal(JsonRpcErrorCode.InvalidRequest, EnvelopeOracle.Judge(violation.Tree).Error));

    [Fact]
    public void Generators_OfWhatMayBeAMessage_GiveSomeThatAreAndSomeThatAreNot()
    {
        // Always the same: what is drawn is no matter of luck.
        var seed = new Rnd(1);
        AssertMixed(Trees.NearlyMessages.Sample(300, seed, 30).Select(printed => EnvelopeOracle.Judge(printed.Tree).Error),
            null, JsonRpcErrorCode.InvalidRequest);
        AssertMixed(Damages.Any.Sample(300, seed, 30).Select(damaged => EnvelopeOracle.Judge(damaged.Utf8).Error),
            null, JsonRpcErrorCode.InvalidRequest, JsonRpcErrorCode.ParseError);
    }

    private static void AssertMixed(IEnumerable<int?> outcomes, params int?[] expected)
    {
        var found = outcomes.ToList();
        Assert.All(expected, outcome => Assert.InRange(found.Count(it => it == outcome), 15, 270));
    }
}
