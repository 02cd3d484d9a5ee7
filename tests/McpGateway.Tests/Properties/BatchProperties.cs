using System.Text;
using FsCheck;
using FsCheck.Fluent;
using McpGateway.JsonRpc;
using McpGateway.Tests.Properties.Generators;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Properties;

public sealed class BatchProperties
{
    // Whatever stands in an array, up to and beyond the limit; most of it a message.
    private static readonly Gen<PrintedTree> Batches =
        from count in Gen.Frequency((1, Gen.Choose(0, 2)), (2, Gen.Choose(3, 10)), (2, Gen.Choose(48, 53)))
        from items in Gen.Frequency((3, Messages.Any.Select(message => (JsonTree)message.Root)), (1, Values.Any))
            .ScaleSize(size => size / 3).ArrayOf(count)
        from style in Messages.Style
        select new PrintedTree(new JsonTree.List(items), style);

    [Fact]
    public void Split_AnyArray_GivesItsItems() => PropertyRun.Holds(Batches, batch =>
    {
        var body = batch.Utf8;
        var items = ((JsonTree.List)batch.Tree).Items;
        Assert.True(JsonRpcBatch.IsBatch(body));
        var error = JsonRpcBatch.Split(body, out var parts);
        Assert.Equal(items.Count is 0 or > 50 ? JsonRpcErrorCode.InvalidRequest : null, error?.Code);
        if (error is not null)
            return;
        Assert.Equal(
            items.Select(item => item.ToString()),
            parts.Select(part => ReferenceParser.Parse(part.In(body))?.ToString()));
        Assert.All(items.Zip(parts), pair =>
        {
            var part = pair.Second.In(body).ToArray();
            Reading.Of(part).AssertIs(EnvelopeOracle.Judge(pair.First), part);
        });
    }, cost: 5);

    [Fact]
    public void Split_BodyThatSomebodyHasBeenAt_IsParseErrorWhenItIsNoJson() => PropertyRun.Holds(
        from damaged in Damages.Any
        from others in Gen.Elements("", "{},", "[1], {\"a\":[]} ,")
        from closed in Gen.Frequency((5, Gen.Constant("]")), (1, Gen.Elements("", "}", "]]", ",]", "] x")))
        let body = (byte[])[.. Encoding.UTF8.GetBytes($"[{others}"), .. damaged.Utf8, .. Encoding.UTF8.GetBytes(closed)]
        where System.Text.Unicode.Utf8.IsValid(body)
        select new Damaged(body),
        damaged =>
        {
            var isJson = ReferenceParser.Parse(damaged.Utf8, maxDepth: 257) is not null;
            Assert.Equal(!isJson, JsonRpcBatch.Split(damaged.Utf8, out _)?.Code == JsonRpcErrorCode.ParseError);
        },
        damaged => Damages.Simpler(damaged).Where(simpler => simpler.Utf8 is [(byte)'[', ..]));

    [Fact]
    public void Split_Nesting_IsTakenToOneLevelMoreThanThatOfAMessage() => PropertyRun.Holds(
        from depth in Gen.Choose(250, 262)
        from nested in Values.Nested(depth)
        from style in Messages.Style
        select new PrintedTree(new JsonTree.List([JsonTree.Null, nested]), style),
        printed => Assert.Equal(
            printed.Tree.Depth > 257 ? JsonRpcErrorCode.ParseError : null, JsonRpcBatch.Split(printed.Utf8, out _)?.Code),
        cost: 5);

    [Fact]
    public void IsBatch_AnyDocument_WhenItIsAnArray() => PropertyRun.Holds(
        from tree in Values.Any from style in Messages.Style select new PrintedTree(tree, style),
        printed => Assert.Equal(printed.Tree is JsonTree.List, JsonRpcBatch.IsBatch(printed.Utf8)));
}
