using System.Buffers;

namespace McpGateway.Configuration;

/// <summary>Checks the keys of a remote server.</summary>
internal sealed class RemoteTargetValidator(Findings findings)
{
    // RFC 9110, section 5.6.2: the characters of a header's name.
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <returns>The target; null when there was an error, which has then been reported.</returns>
    public RemoteTarget? Validate(ServerEntry entry)
    {
        if (entry.Type == "stdio")
            findings.Error(entry.PathOf("type"), "a server with url is of type http or sse; write command for one started here");
        var url = entry.Url is { } text ? ReadUrl(text, entry.PathOf("url")) : null;
        CheckHeaders(entry.Headers, entry.PathOf("headers"));
        if (url is null || findings.HasErrorIn(entry.Path))
            return null;
        return new RemoteTarget
        {
            Url = url,
            Transport = TransportOf(entry.Type, url),
            Headers = new EquatableMap<string>(entry.Headers ?? new Dictionary<string, string>()),
        };
    }

    private Uri? ReadUrl(string text, JsonPath path)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            findings.Error(path, "write an absolute URL that starts with http:// or https://");
        else if (url.UserInfo.Length > 0)
            findings.Error(path, "holds a user or password; send it in headers, as \"Authorization\": \"Basic ${NAME}\"");
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
