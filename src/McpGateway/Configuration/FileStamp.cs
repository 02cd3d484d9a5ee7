namespace McpGateway.Configuration;

/// <summary>Tells whether a file is still the one that was read, without reading it again.</summary>
/// <param name="Path">The absolute path it was read by.</param>
/// <param name="Target">The path without links; null when there is no such file.</param>
/// <param name="Length">In bytes.</param>
/// <param name="LastWrite">In UTC.</param>
public sealed record FileStamp(string Path, string? Target, long Length, DateTime LastWrite)
{
    public static FileStamp Of(string path)
    {
        try
        {
            var target = File.Exists(path) ? WithoutLinks(path) : null;
            var file = new FileInfo(target ?? path);
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
    private static string WithoutLinks(string path)
    {
        var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var folder = System.IO.Path.GetDirectoryName(target);
        return folder is null ? target : System.IO.Path.Combine(WithoutLinks(folder), System.IO.Path.GetFileName(target));
    }
}
