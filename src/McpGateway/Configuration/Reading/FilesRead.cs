using System.Security;
using System.Text;

namespace McpGateway.Configuration.Reading;

/// <summary>
/// The files that one load of the configuration reads. Each is read once, so that all its uses see the same text. Its stamp is
/// taken before it is read, so that a change in between is noticed at the next check.
/// </summary>
internal sealed class FilesRead(string folder, Func<string, string?> environment)
{
    // Strict, because a replacement character in a secret would cause an error that nobody can explain.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, Content> _contents = new(StringComparer.Ordinal);
    private readonly List<FileStamp> _stamps = [];

    public IReadOnlyList<FileStamp> Stamps => _stamps;

    /// <summary>
    /// Makes a path absolute. It is relative to the configuration's folder or, after <c>~/</c>, to the home folder.
    /// </summary>
    // Usually a shell expands ~, but here none is involved.
    public string Resolve(string path) =>
        path == "~" ? Home()
        : path.StartsWith("~/", StringComparison.Ordinal) ? Path.GetFullPath(path[2..], Home())
        : Path.GetFullPath(path, folder);

    /// <summary>Reads a UTF-8 text, with or without a byte-order mark.</summary>
    /// <returns>
    /// The text, or why there is none. The reason does not contain the path, which may contain an expanded secret.
    /// </returns>
    public Content Read(string path)
    {
        if (path.Length == 0 || path.Contains('\0'))
            return new Content(null, "has no valid path");
        var absolute = Resolve(path);
        if (!_contents.TryGetValue(absolute, out var content))
        {
            _stamps.Add(FileStamp.Of(absolute)); // also of a missing file: it may be created later
            content = ReadOnce(absolute);
            _contents.Add(absolute, content);
        }

        return content;
    }

    private static Content ReadOnce(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            var start = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
            return new Content(StrictUtf8.GetString(bytes.AsSpan(start)), null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new Content(null, "does not exist");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or SecurityException)
        {
            return new Content(null, "is not a file that the gateway's user may read");
        }
        catch (DecoderFallbackException)
        {
            return new Content(null, "is not UTF-8 text");
        }
        catch (Exception e) when (e is IOException or NotSupportedException)
        {
            return new Content(null, "cannot be read");
        }
    }

    private string Home() => environment("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>The text of a file, or the reason why it could not be read.</summary>
    internal sealed record Content(string? Text, string? Failure);
}
