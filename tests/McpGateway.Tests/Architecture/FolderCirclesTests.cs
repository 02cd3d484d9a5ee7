namespace McpGateway.Tests.Architecture;

public sealed class FolderCirclesTests
{
    private const string Store = "Sessions/Store.cs";

    [Fact]
    public void Folders_ThatUseEachOther_AreCaught() => Assert.Equal(
        ["Policies -> Sessions -> Policies: Policies/Rule.cs(1): uses Store; Sessions/Store.cs(1): uses Rule"],
        Circles((Store, "Policies.Rule? Rule;"), ("Policies/Rule.cs", "Sessions.Store? Store;")));

    [Fact]
    public void Folders_InACircleOfThree_AreCaughtOnce() => Assert.StartsWith(
        "A -> B -> C -> A: ",
        Assert.Single(Circles(("A/One.cs", "B.Two? It;"), ("B/Two.cs", "C.Three? It;"), ("C/Three.cs", "A.One? It;"))),
        StringComparison.Ordinal);

    [Fact]
    public void FolderAndItsSubfolder_ThatUseEachOther_AreCaught() => Assert.StartsWith(
        "Sessions.Queues -> the files of Sessions -> Sessions.Queues: ",
        Assert.Single(Circles((Store, "Queues.Queue? Queue;"), ("Sessions/Queues/Queue.cs", "Store? Store;"))),
        StringComparison.Ordinal);

    [Fact]
    public void SiblingFolders_ThatUseEachOtherThroughTheirSubfolders_AreCaught() => Assert.StartsWith(
        "Backends.Remote -> Backends.Stdio -> Backends.Remote: ",
        Assert.Single(Circles(
            ("Backends/Stdio/Framing/Framer.cs", "Remote.Relay? It;"),
            ("Backends/Stdio/Child.cs", ""),
            ("Backends/Remote/Relay.cs", "Stdio.Child? It;"))),
        StringComparison.Ordinal);

    [Fact]
    public void Folder_ThatIsUsedWithoutItsName_IsCaught() => Assert.Single(Circles(
        (Store, "Policies.Rule? Rule; void Run() { var own = Rule?.Own; }"),
        ("Policies/Rule.cs", "internal Sessions.Store? Own;")));

    [Fact]
    public void FoldersInOrder_AndComposition_AreNoCircle() => Assert.Empty(Circles(
        (Store, "Policies.Rule? Rule; Sessions.Queues.Queue? Queue;"),
        ("Sessions/Queues/Queue.cs", "Policies.Rule? Rule;"),
        ("Policies/Rule.cs", "System.Text.StringBuilder? Text;"),
        ("Gateway.cs", "Sessions.Store? Store;")));

    private static IReadOnlyList<string> Circles(params (string Path, string Members)[] files) =>
        FolderCircles.Find(GatewaySources.Of(files.Select(file => FileOf(file.Path, file.Members))));

    private static SourceFile FileOf(string path, string members)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var bare = new SourceFile(path, "");
        return bare with { Text = $"namespace {bare.Namespace}; internal class {name} {{ {members} }}" };
    }
}
