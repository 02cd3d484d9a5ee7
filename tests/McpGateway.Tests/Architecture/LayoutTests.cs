namespace McpGateway.Tests.Architecture;

public sealed class LayoutTests
{
    private static readonly Lazy<GatewaySources> Sources = new(() => GatewaySources.Of(SourceFile.OfTheGateway()));

    [Fact]
    public void Gateway_Sources_ImportDownOnly()
    {
        Assert.All(LayoutRules.Composition, path => Assert.Contains(Sources.Value.Files, file => file.Path == path));
        AssertNone(LayoutChecker.Check(Sources.Value));
    }

    [Fact]
    public void Gateway_Folders_HaveNoCircles() => AssertNone(FolderCircles.Find(Sources.Value));

    [Fact]
    public void Gateway_Files_AreInShape() => AssertNone(FileShape.Check(Sources.Value.Files));

    [Fact]
    public void Rules_EveryImport_IsListedBelowItsImporter()
    {
        var below = new HashSet<string>();
        foreach (var rule in LayoutRules.Folders)
        {
            Assert.All(rule.Imports, import => Assert.Contains(below, folder => LayoutRules.IsWithin(import, folder)));
            Assert.True(below.Add(rule.Folder), $"{rule.Folder} has two rules");
        }
    }

    private static void AssertNone(IReadOnlyList<string> complaints) =>
        Assert.True(complaints.Count == 0, string.Join('\n', complaints));
}
