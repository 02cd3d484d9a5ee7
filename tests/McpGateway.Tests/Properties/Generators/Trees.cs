using FsCheck;
using FsCheck.Fluent;
using McpGateway.Cli.DemoServer;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Properties.Generators;

/// <summary>Documents that are nearly messages: nobody knows beforehand whether they may pass.</summary>
internal static class Trees
{
    /// <summary>Proper messages with any number of changes, most of them harmless by themselves.</summary>
    public static readonly Gen<PrintedTree> NearlyMessages =
        from message in Messages.Any
        from changes in Gen.Choose(0, 3)
        from tree in Changed(message.Root, changes)
        from style in Messages.Style
        select new PrintedTree(tree, style);

    public static IEnumerable<PrintedTree> Simpler(PrintedTree printed)
    {
        if (printed.Style != 0)
            yield return new PrintedTree(printed.Tree, 0);
        foreach (var tree in Simpler(printed.Tree))
            yield return new PrintedTree(tree, printed.Style);
    }

    private static Gen<JsonTree> Changed(JsonTree.Members root, int times) => times == 0
        ? Gen.Constant<JsonTree>(root)
        : from once in ChangedOnce(root) from tree in Changed((JsonTree.Members)once, times - 1) select tree;

    private static Gen<JsonTree> ChangedOnce(JsonTree.Members root) =>
        from level in Gen.Elements(NameRules.Levels)
        from name in Gen.Frequency((6, Names.ReadAt(level)), (1, Names.Any))
        from tree in Gen.OneOf(
            Gen.Constant(Edits.At(root, level, members => members.Without(name))),
            Gen.OneOf(Values.Any, Values.Id).Select(value => Edits.At(root, level, members => members.With(name, value))),
            Edits.Planted(root, level, name, Gen.OneOf(Values.Any, Values.Id)))
        select tree;

    private static IEnumerable<JsonTree> Simpler(JsonTree tree) => tree switch
    {
        JsonTree.Members { All: var all } =>
            from i in Enumerable.Range(0, all.Count)
            from value in Simpler(all[i].Value).Prepend(null)
            select new JsonTree.Members(
                [.. all.Take(i), .. value is null ? [] : new[] { KeyValuePair.Create(all[i].Key, value) }, .. all.Skip(i + 1)]),
        JsonTree.List { Items: var items } =>
            from i in Enumerable.Range(0, items.Count)
            from value in Simpler(items[i]).Prepend(null)
            select new JsonTree.List([.. items.Take(i), .. value is null ? [] : new[] { value }, .. items.Skip(i + 1)]),
        JsonTree.Text { Value: { Length: > 0 } text } =>
            from i in Enumerable.Range(0, text.Length) select new JsonTree.Text(text.Remove(i, 1)),
        JsonTree.Scalar { Raw: { Length: > 1 } } => [new JsonTree.Scalar("0")],
        _ => [],
    };
}
