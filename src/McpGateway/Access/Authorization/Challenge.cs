using System.Text;
using McpGateway.Access.Authentication;
using McpGateway.Access.Discovery;
using McpGateway.Configuration;

namespace McpGateway.Access.Authorization;

/// <summary>
/// The WWW-Authenticate header (RFC 6750, section 3, and RFC 9728, section 5.1): what is wrong, what is needed, and where
/// to find out who gives it.
/// </summary>
internal sealed class Challenge(ResourceMetadata metadata, ServerRules rules)
{
    /// <param name="context">The request.</param>
    /// <param name="refusal">Why its credential was not taken; null when it has none.</param>
    public string Unauthorized(HttpContext context, CredentialRefusedException? refusal) =>
        Build(context, refusal?.Error, refusal?.Error is null ? null : refusal.Message);

    /// <param name="context">The request.</param>
    /// <param name="more">What the message needs beside what its server needs anyway (RFC 6750: all in one challenge).</param>
    public string InsufficientScope(HttpContext context, IEnumerable<string>? more = null) =>
        Build(context, "insufficient_scope", null, more);

    // Nothing in it needs quoting: errors and descriptions are constants, scopes and URLs hold neither quotes nor backslashes.
    private string Build(HttpContext context, string? error, string? description, IEnumerable<string>? more = null)
    {
        var header = new StringBuilder("Bearer");
        Append(header, "error", error);
        Append(header, "error_description", description);
        string[] scopes = [.. rules.Of(context)?.Auth.Scopes ?? EquatableList<string>.Empty, .. more ?? []];
        if (scopes.Length > 0)
        {
            var path = ResourceMetadata.PathOf(context.Request);
            Append(header, "scope", string.Join(' ', metadata.ToAskFor(scopes.Distinct(), path, context.Request)));
        }

        Append(header, "resource_metadata", metadata.UrlFor(context.Request));
        return header.ToString();
    }

    private static void Append(StringBuilder header, string name, string? value)
    {
        if (value is not null)
            header.Append(header.Length > "Bearer".Length ? ", " : " ").Append(name).Append("=\"").Append(value).Append('"');
    }
}
