using System.Buffers;
using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>Checks the keys of a remote server.</summary>
internal sealed class RemoteTargetValidator(Findings findings)
{
    // The characters of a header name: RFC 9110, section 5.6.2.
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // Headers that the gateway or the HTTP connection sets.
    private static readonly string[] Managed =
    [
        "Accept", "Accept-Encoding", "Connection", "Content-Length", "Content-Type", "Expect", "Keep-Alive", "Last-Event-ID",
        "MCP-Protocol-Version", "Mcp-Session-Id", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    ];

    /// <returns>The target; null after an error, which has been reported.</returns>
    public RemoteTarget? Validate(ServerEntry entry)
    {
        if (entry.Type == "stdio")
        {
            findings.Error(entry.PathOf("type"), "must be http or sse, because the server has a url; to start a program, "
                + "write command instead");
        }

        var urls = ReadUrls(entry);
        CheckHeaders(entry.Headers, entry.PathOf("headers"));
        if (findings.HasErrorIn(entry.Path) || urls is not [var url, ..])
            return null;
        var headers = entry.Headers ?? new Dictionary<string, string>();
        return new RemoteTarget
        {
            Url = url,
            OtherUrls = new EquatableList<Uri>(urls.Skip(1)),
            Transport = TransportOf(entry.Type, url),
            Headers = new EquatableMap<string>(headers.Where(header => !IsManaged(header.Key))), // the others caused a warning
        };
    }

    private static bool IsManaged(string header) => Managed.Contains(header, StringComparer.OrdinalIgnoreCase);

    private List<Uri> ReadUrls(ServerEntry entry)
    {
        if (entry.Has("url") && entry.Has("urls"))
            findings.Error(entry.PathOf("urls"), "cannot be combined with url; write all URLs in urls, and remove url");
        if (entry.Has("urls") && entry.Urls is { Count: 0 })
            findings.Error(entry.PathOf("urls"), "is empty; write at least one URL");
        var urls = new List<Uri>();
        if (entry.Url is { } text && ReadUrl(text, entry.PathOf("url")) is { } one)
            urls.Add(one);
        foreach (var (index, item) in (entry.Urls ?? []).Index())
        {
            var path = entry.PathOf("urls").Item(index);
            if (ReadUrl(item, path) is not { } url)
                continue;
            if (urls.Contains(url))
                findings.Error(path, "is listed twice; remove one of them");
            // The gateway chooses any of the URLs, so all must have the same transport.
            else if (urls.Count > 0 && entry.Type is null && TransportOf(null, url) != TransportOf(null, urls[0]))
                findings.Error(path, "suggests a different transport than the first URL; set type");
            urls.Add(url);
        }

        return urls;
    }

    private Uri? ReadUrl(string text, JsonPath path)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            findings.Error(path, "write an absolute URL that starts with http:// or https://");
        // URLs appear in logs, so they must not contain credentials.
        else if (url.UserInfo.Length > 0)
            findings.Error(path, "contains a user name or password; send it in headers, as \"Authorization\": \"Basic ${NAME}\"");
        else if (url.Fragment.Length > 0)
            findings.Error(path, "contains a fragment (#), which is never sent; remove it");
        else
            return url;
        return null;
    }

    private void CheckHeaders(IReadOnlyDictionary<string, string>? headers, JsonPath path)
    {
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters))
                findings.Error(path.Property(name), "is not a valid header name; use letters, digits and hyphens");
            else if (IsManaged(name))
                findings.Warn(path.Property(name), "has no effect, because the gateway sets this header itself; remove it");
            // A line break would start another header. There is no agreed encoding for characters outside ASCII.
            if (UserText.Fill(value, (_, _) => string.Empty).Any(character => character is not ('\t' or (>= ' ' and <= '~'))))
            {
                findings.Error(path.Property(name), "contains a line break or another character that is not allowed in a header; "
                    + "use printable ASCII (${file:…} drops one trailing newline)");
            }
        }
    }

    private static RemoteTransport TransportOf(string? type, Uri url) => type switch
    {
        "sse" => RemoteTransport.Sse,
        null when url.AbsolutePath.TrimEnd('/').EndsWith("/sse", StringComparison.OrdinalIgnoreCase) => RemoteTransport.Sse,
        _ => RemoteTransport.StreamableHttp,
    };
}
