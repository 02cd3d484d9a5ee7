namespace McpGateway.Configuration.Reading;

/// <summary>Identifies one version of a file, to find out later whether it has changed without reading it again.</summary>
/// <param name="Path">The absolute path that it was read from.</param>
/// <param name="Target">The path with all symbolic links resolved; null when the file does not exist.</param>
/// <param name="Length">In bytes.</param>
/// <param name="LastWrite">In UTC.</param>
internal sealed record FileStamp(string Path, string? Target, long Length, DateTime LastWrite)
{
    // Linux gives up after 40 links too (ELOOP, path_resolution(7)). Without a limit, a loop of links would never end.
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
            // The file disappeared between two of these calls, as files do while they are being replaced.
            return Missing(path);
        }
    }

    public bool IsCurrent() => Of(Path) == this;

    private static FileStamp Missing(string path) => new(path, Target: null, Length: 0, LastWrite: default);

    // Kubernetes updates a mounted ConfigMap by switching a link in the middle of the path (..data), and ResolveLinkTarget
    // resolves only the last part of a path. So each folder is resolved too.
    private static string WithoutLinks(string path, ref int links)
    {
        if (File.ResolveLinkTarget(path, returnFinalTarget: false) is { } target)
        {
            return ++links <= MaximumLinks
                ? WithoutLinks(target.FullName, ref links)
                : throw new IOException("Too many levels of symbolic links.");
        }

        return System.IO.Path.GetDirectoryName(path) is { } folder
            ? System.IO.Path.Combine(WithoutLinks(folder, ref links), System.IO.Path.GetFileName(path))
            : path;
    }
}
