using System.Buffers;
using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>Checks the keys of a remote server.</summary>
internal sealed class RemoteTargetValidator(Findings findings)
{
    // RFC 9110, section 5.6.2: the characters of a header's name.
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // What the gateway sets itself, or the connection does.
    private static readonly string[] Managed =
    [
        "Accept", "Accept-Encoding", "Connection", "Content-Length", "Content-Type", "Expect", "Keep-Alive", "Last-Event-ID",
        "MCP-Protocol-Version", "Mcp-Session-Id", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    ];

    /// <returns>The target; null when there was an error, which has then been reported.</returns>
    public RemoteTarget? Validate(ServerEntry entry)
    {
        if (entry.Type == "stdio")
            findings.Error(entry.PathOf("type"), "a server with url is of type http or sse; write command for one started here");
        var urls = ReadUrls(entry);
        CheckHeaders(entry.Headers, entry.PathOf("headers"));
        if (findings.HasErrorIn(entry.Path) || urls is not [var url, ..])
            return null;
        return new RemoteTarget
        {
            Url = url,
            OtherUrls = new EquatableList<Uri>(urls.Skip(1)),
            Transport = TransportOf(entry.Type, url),
            Headers = new EquatableMap<string>((entry.Headers ?? new Dictionary<string, string>()).Where(header => !IsManaged(header.Key))),
        };
    }

    private static bool IsManaged(string header) => Managed.Contains(header, StringComparer.OrdinalIgnoreCase);

    private List<Uri> ReadUrls(ServerEntry entry)
    {
        if (entry.Has("url") && entry.Has("urls"))
            findings.Error(entry.PathOf("urls"), "stands beside url; write all addresses in urls, and leave url out");
        if (entry.Has("urls") && entry.Urls is { Count: 0 })
            findings.Error(entry.PathOf("urls"), "names no address");
        var urls = new List<Uri>();
        if (entry.Url is { } text && ReadUrl(text, entry.PathOf("url")) is { } one)
            urls.Add(one);
        foreach (var (index, item) in (entry.Urls ?? []).Index())
        {
            var path = entry.PathOf("urls").Item(index);
            if (ReadUrl(item, path) is not { } url)
                continue;
            if (urls.Contains(url))
                findings.Error(path, "stands there twice");
            else if (urls.Count > 0 && entry.Type is null && TransportOf(null, url) != TransportOf(null, urls[0]))
                findings.Error(path, "looks like another transport than the first one; say with type which it is");
            urls.Add(url);
        }

        return urls;
    }

    private Uri? ReadUrl(string text, JsonPath path)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            findings.Error(path, "write an absolute URL that starts with http:// or https://");
        else if (url.UserInfo.Length > 0)
            findings.Error(path, "holds a user or password; send it in headers, as \"Authorization\": \"Basic ${NAME}\"");
        else if (url.Fragment.Length > 0)
            findings.Error(path, "holds a fragment (#), which is never sent; leave it out");
        else
            return url;
        return null;
    }

    private void CheckHeaders(IReadOnlyDictionary<string, string>? headers, JsonPath path)
    {
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters))
                findings.Error(path.Property(name), "no header can have this name; write letters, digits and hyphens");
            else if (IsManaged(name))
                findings.Warn(path.Property(name), "has no effect: the gateway sets this header itself");
            // A line break would begin another header; characters beyond ASCII have no agreed encoding there.
            if (UserText.Fill(value, (_, _) => string.Empty).Any(character => character is not ('\t' or (>= ' ' and <= '~'))))
                findings.Error(path.Property(name), "its value holds a line break or another character that a header cannot; "
                    + "write printable ASCII (${file:…} drops one newline at the end)");
        }
    }

    private static RemoteTransport TransportOf(string? type, Uri url) => type switch
    {
        "sse" => RemoteTransport.Sse,
        null when url.AbsolutePath.TrimEnd('/').EndsWith("/sse", StringComparison.OrdinalIgnoreCase) => RemoteTransport.Sse,
        _ => RemoteTransport.StreamableHttp,
    };
}
