namespace McpGateway.Configuration.Reading;

/// <summary>Tells whether a file is still the one that was read, without reading it again.</summary>
/// <param name="Path">The absolute path it was read by.</param>
/// <param name="Target">The path without links; null when there is no such file.</param>
/// <param name="Length">In bytes.</param>
/// <param name="LastWrite">In UTC.</param>
internal sealed record FileStamp(string Path, string? Target, long Length, DateTime LastWrite)
{
    // Linux gives up after as many; links may form a loop.
    private const int MaximumLinks = 40;

    public static FileStamp Of(string path)
    {
        try
        {
            var links = 0;
            var target = WithoutLinks(path, ref links);
            var file = new FileInfo(target);
            return file.Exists ? new FileStamp(path, target, file.Length, file.LastWriteTimeUtc) : Missing(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It went away between two looks at it, as files do while they are replaced.
            return Missing(path);
        }
    }

    public bool IsCurrent() => Of(Path) == this;

    private static FileStamp Missing(string path) => new(path, Target: null, Length: 0, LastWrite: default);

    // Kubernetes replaces a mounted ConfigMap by pointing a link at another directory, somewhere in the middle of the
    // path; .NET resolves a link only at a path's end.
    private static string WithoutLinks(string path, ref int links)
    {
        if (File.ResolveLinkTarget(path, returnFinalTarget: false) is { } target)
        {
            return ++links <= MaximumLinks
                ? WithoutLinks(target.FullName, ref links)
                : throw new IOException("Too many links on the way to a file.");
        }

        return System.IO.Path.GetDirectoryName(path) is { } folder
            ? System.IO.Path.Combine(WithoutLinks(folder, ref links), System.IO.Path.GetFileName(path))
            : path;
    }
}
