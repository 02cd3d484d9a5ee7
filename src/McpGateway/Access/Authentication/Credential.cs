using System.Buffers;

namespace McpGateway.Access.Authentication;

/// <summary>The credential in a request, not yet verified.</summary>
/// <param name="Kind">The kind of credential.</param>
/// <param name="Text">The key or the token; empty for other kinds.</param>
internal readonly record struct Credential(CredentialKind Kind, string Text)
{
    /// <summary>
    /// The prefix of the gateway's own keys. It distinguishes them from tokens, and lets secret scanners find leaked ones.
    /// </summary>
    public const string KeyPrefix = "mgw_";

    private const string KeyHeader = "X-API-Key";
    // RFC 6750, section 2.3. MCP forbids it: "Access tokens MUST NOT be included in the URI query string" (Authorization).
    private const string QueryToken = "access_token";
    private const string Scheme = "Bearer ";

    // The characters of a bearer token: RFC 6750, section 2.1.
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");

    public static Credential Of(HttpRequest request)
    {
        var authorization = request.Headers.Authorization;
        var key = request.Headers[KeyHeader];
        var isInQuery = request.QueryString.HasValue && request.Query.ContainsKey(QueryToken);
        return (authorization.Count + key.Count, isInQuery) switch
        {
            (0, false) => new(CredentialKind.None, string.Empty),
            (0, true) => new(CredentialKind.InQuery, string.Empty),
            (1, false) => key.Count == 1 ? new(CredentialKind.ApiKey, key.ToString()) : OfAuthorization(authorization.ToString()),
            _ => new(CredentialKind.Several, string.Empty),
        };
    }

    /// <summary>The Authorization header if it is the only credential; null if there is another one, or none.</summary>
    public static string? OnlyHeaderOf(HttpRequest request) =>
        request.Headers.Authorization is [{ } header] && request.Headers[KeyHeader].Count == 0
        && !(request.QueryString.HasValue && request.Query.ContainsKey(QueryToken)) ? header : null;

    private static Credential OfAuthorization(string header)
    {
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return new(CredentialKind.Unknown, string.Empty);
        var token = header.AsSpan(Scheme.Length).Trim(' ');
        if (token.IsEmpty || token.ContainsAnyExcept(TokenCharacters))
            return new(CredentialKind.Unknown, string.Empty);
        var isKey = token.StartsWith(KeyPrefix, StringComparison.Ordinal);
        return new(isKey ? CredentialKind.ApiKey : CredentialKind.Token, token.ToString());
    }
}
