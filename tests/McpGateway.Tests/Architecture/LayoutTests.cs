namespace McpGateway.Tests.Architecture;

public sealed class LayoutTests
{
    [Fact]
    public void Gateway_Sources_ImportDownOnly()
    {
        var files = SourceFile.OfTheGateway();

        Assert.Contains(files, file => file.Path == LayoutRules.Composition);
        var complaints = LayoutChecker.Check(files);
        Assert.True(complaints.Count == 0, string.Join('\n', complaints));
    }

    [Fact]
    public void Rules_EveryImport_IsListedBelowItsImporter()
    {
        var below = new HashSet<string>();
        foreach (var rule in LayoutRules.Folders)
        {
            Assert.All(rule.Imports, import => Assert.Contains(import.Split('.')[0], below));
            Assert.True(below.Add(rule.Folder), $"{rule.Folder} has two rules");
        }
    }
}
