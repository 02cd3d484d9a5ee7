using McpGateway.FunctionalTests.Interop;

namespace McpGateway.FunctionalTests.Deployment;

/// <summary>The files of deploy/, as they are shipped.</summary>
internal static class DeployFiles
{
    public static string PathOf(string file) => Path.Combine(InteropParts.Repository, "deploy", file);

    /// <summary>A file's text, but for what belongs to the machine that it was written for.</summary>
    /// <param name="file">Below deploy/.</param>
    /// <param name="changes">What it says, once, and what it says here.</param>
    public static string Read(string file, params (string Shipped, string Here)[] changes)
    {
        var text = File.ReadAllText(PathOf(file));
        foreach (var (shipped, here) in changes)
        {
            Assert.Equal(2, text.Split(shipped).Length);
            text = text.Replace(shipped, here, StringComparison.Ordinal);
        }

        return text;
    }
}
