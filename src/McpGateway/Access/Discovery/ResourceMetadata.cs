using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpGateway.Access.Authentication;
using McpGateway.Access.Endpoints;
using McpGateway.Configuration;

namespace McpGateway.Access.Discovery;

/// <summary>
/// The protected resource metadata of RFC 9728. Each endpoint URL has its own document, because clients compare <c>resource</c>
/// with the URL that they connect to. A document lists only issuers whose name is a URL: the client cannot contact any others
/// (such as one for development).
/// </summary>
internal sealed class ResourceMetadata(AccessMonitor state, ExternalUrls urls, GatewayConfigProvider config)
{
    public const string WellKnown = "/.well-known/oauth-protected-resource";

    private const string Posts = "/message";
    private const string Stream = "/sse";

    // The document is never embedded in HTML, so characters such as + need not be escaped.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// The path, below the base, of the endpoint that the client was configured with. An HTTP+SSE client posts to a different
    /// path: it received that one from its stream, and compares <c>resource</c> with the URL of the stream.
    /// </summary>
    public static string PathOf(HttpRequest request)
    {
        var path = (request.Path.Value ?? string.Empty).TrimEnd('/');
        return path.EndsWith(Posts, StringComparison.Ordinal) ? path[..^Posts.Length] + Stream : path;
    }

    /// <summary>The URL of the document for the endpoint that the client called.</summary>
    /// <returns>Null when there is none.</returns>
    public string? UrlFor(HttpRequest request)
    {
        var path = PathOf(request);
        return Issuers().Any() && urls.Find(path) is not null ? urls.Base(request) + WellKnown + path : null;
    }

    /// <summary>
    /// The scopes as the client must request them from the issuer. They may have a prefix there that tokens and gateway.json
    /// lack.
    /// </summary>
    /// <param name="scopes">The scopes as in gateway.json.</param>
    /// <param name="path">The endpoint's path below the base.</param>
    /// <param name="request">Provides the base if Access:PublicUrl is not set.</param>
    public IEnumerable<string> ToAskFor(IEnumerable<string> scopes, string path, HttpRequest request)
    {
        var prefix = state.Current.ScopePrefix;
        if (prefix.Length == 0)
            return scopes;
        // A path that is no endpoint is whatever the caller wrote, quotes and line breaks included, and this goes into a header.
        var resource = urls.Base(request) + (urls.Find(path) is null ? string.Empty : path);
        return scopes.Select(scope => prefix.Replace("{resource}", resource, StringComparison.Ordinal) + scope);
    }

    /// <param name="path">The endpoint's path below the base; empty for the base itself.</param>
    /// <param name="request">Provides the base if Access:PublicUrl is not set.</param>
    /// <returns>The document as UTF-8; null when there is none.</returns>
    public byte[]? Document(string path, HttpRequest request)
    {
        if (urls.Find(path) is not { } name || !config.Current.Servers.TryGetValue(name, out var server) || !Issuers().Any())
            return null;
        var document = new JsonObject
        {
            ["resource"] = urls.Base(request) + path,
            ["resource_name"] = name,
            ["authorization_servers"] = new JsonArray([.. Issuers().Select(issuer => JsonValue.Create(issuer))]),
            ["bearer_methods_supported"] = new JsonArray("header"), // not "query": see CredentialKind.InQuery
        };
        if (server.Auth.Scopes.Count > 0)
        {
            var scopes = ToAskFor(server.Auth.Scopes, path, request);
            document["scopes_supported"] = new JsonArray([.. scopes.Select(scope => JsonValue.Create(scope))]);
        }

        return System.Text.Encoding.UTF8.GetBytes(document.ToJsonString(Readable));
    }

    private IEnumerable<string> Issuers() => state.Current.Issuers.Keys
        .Where(issuer => Uri.TryCreate(issuer, UriKind.Absolute, out var url) && url.Scheme is "https" or "http");
}
