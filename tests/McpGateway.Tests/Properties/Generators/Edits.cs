using FsCheck;
using FsCheck.Fluent;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Properties.Generators;

/// <summary>Changes in the objects of a message that are looked at.</summary>
internal static class Edits
{
    /// <summary>The object at this level; empty when there is none.</summary>
    public static JsonTree.Members Find(JsonTree.Members root, Level level) => NameRules.Path(level)
        .Aggregate(root, (members, name) => members[name] as JsonTree.Members ?? JsonTree.Members.Empty);

    /// <summary>Another object at this level; those on the way to it are made where they are missing.</summary>
    public static JsonTree At(JsonTree.Members root, Level level, Func<JsonTree.Members, JsonTree.Members> change)
    {
        return Change(root, NameRules.Path(level));

        JsonTree.Members Change(JsonTree.Members members, IReadOnlyList<string> path) => path.Count == 0
            ? change(members)
            : members.With(path[0], Change(members[path[0]] as JsonTree.Members ?? JsonTree.Members.Empty, [.. path.Skip(1)]));
    }

    /// <summary>One more member, at any position.</summary>
    public static Gen<JsonTree> Planted(JsonTree.Members root, Level level, string name, Gen<JsonTree> values) =>
        from value in values
        from at in Gen.Choose(0, Find(root, level).All.Count)
        select At(root, level, members => members.Insert(at, name, value));
}
