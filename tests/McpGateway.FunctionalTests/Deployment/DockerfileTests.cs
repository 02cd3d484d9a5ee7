using McpGateway.FunctionalTests.Interop;

namespace McpGateway.FunctionalTests.Deployment;

public sealed class DockerfileTests
{
    [Fact]
    public void Dockerfile_WhatItCopies_IsThereAndNotIgnored()
    {
        var allowed = Lines(".dockerignore").Where(line => line.StartsWith('!')).Select(line => line[1..]).ToArray();
        var copied = Lines("Dockerfile")
            .Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from="))
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..^1]).ToArray();
        Assert.NotEmpty(copied);
        Assert.All(copied, path =>
        {
            var full = Path.Combine(InteropParts.Repository, path);
            Assert.True(File.Exists(full) || Directory.Exists(full), path);
            Assert.Contains(allowed, folder => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal));
        });
    }

    private static string[] Lines(string file) => File.ReadAllLines(Path.Combine(InteropParts.Repository, file));
}
