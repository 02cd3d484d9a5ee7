using FsCheck;
using FsCheck.Fluent;
using McpGateway.Cli.DemoServer;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Properties.Generators;

/// <param name="Tree">The value of <c>params</c>; null for none.</param>
internal sealed record Body(JsonTree? Tree, JsonTree? MetaToken, JsonTree? OwnToken, JsonTree? RequestId, string? Task);

/// <summary>Values of <c>params</c>, and what is known of them.</summary>
internal static class Bodies
{
    private static readonly Gen<JsonTree> TaskIds = Gen.Frequency((3, Texts.WellFormed.Select(Text)), (1, Values.NoText));

    private static readonly Gen<(JsonTree? Tree, string? Task)> Related = Gen.Frequency(
        (1, Gen.Constant<(JsonTree?, string?)>((null, null))),
        (1, Values.Any.Where(value => value is not JsonTree.Members).Select(value => ((JsonTree?)value, (string?)null))),
        (2,
            from task in Optional(TaskIds)
            from tree in Assemble(Level.RelatedTask, ("taskId", task))
            select ((JsonTree?)tree, (task as JsonTree.Text)?.Value)));

    private static readonly Gen<(JsonTree? Tree, JsonTree? Token, string? Task)> Meta = Gen.Frequency(
        (1, Gen.Elements<JsonTree?>(null, JsonTree.Null).Select(tree => (tree, (JsonTree?)null, (string?)null))),
        (4,
            from token in Optional(Gen.Frequency((6, Values.Id), (1, Gen.Constant(JsonTree.Null))))
            from related in Related
            from tree in Assemble(Level.Meta, ("progressToken", token), (NameRules.RelatedTask, related.Tree))
            select ((JsonTree?)tree, token == JsonTree.Null ? null : token, related.Task)));

    /// <summary>Of a message that is neither of the two below.</summary>
    public static readonly Gen<Body> Any = Gen.Frequency(
        (1, Gen.Elements<JsonTree?>(null, JsonTree.Null).Select(tree => new Body(tree, null, null, null, null))),
        (5, Of(Optional(Values.Any), Optional(Values.Any))));

    public static readonly Gen<Body> OfProgress = Of(Values.Id.Select(id => (JsonTree?)id), Optional(Values.Any));

    public static readonly Gen<Body> OfCancellation = Of(Optional(Values.Any), Optional(Values.Id));

    /// <summary>An object of those members that have a value, and of others that mean nothing, in any order.</summary>
    public static Gen<JsonTree.Members> Assemble(Level level, params (string Name, JsonTree? Value)[] known) =>
        from count in Gen.Frequency((12, Gen.Choose(0, 3)), (1, Gen.Choose(8, 20)))
        from names in Names.Free(level).ArrayOf(count)
        from values in Values.Any.ScaleSize(size => size / 2).ArrayOf(count)
        let others = names.Zip(values).DistinctBy(other => other.First).Select(other => (other.First, (JsonTree?)other.Second))
        from all in Gen.Shuffle(known.Concat(others).Where(member => member.Item2 is not null))
        select new JsonTree.Members([.. all.Select(member => KeyValuePair.Create(member.Item1, member.Item2!))]);

    private static Gen<Body> Of(Gen<JsonTree?> tokens, Gen<JsonTree?> requestIds) =>
        from meta in Meta
        from token in tokens
        from request in requestIds
        from task in Optional(TaskIds)
        from name in Optional(Texts.Any.Select(Text))
        from arguments in Optional(Values.Any)
        from tree in Assemble(Level.Params, ("_meta", meta.Tree), ("progressToken", token), ("requestId", request),
            ("taskId", task), ("name", name), ("arguments", arguments))
        select new Body(tree, meta.Token, token, request, meta.Task ?? (task as JsonTree.Text)?.Value);

    public static Gen<JsonTree?> Optional(Gen<JsonTree> values) =>
        Gen.Frequency((1, Gen.Constant<JsonTree?>(null)), (2, values.Select(value => (JsonTree?)value)));

    private static JsonTree Text(string value) => new JsonTree.Text(value);
}
