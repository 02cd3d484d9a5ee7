using System.Text;
using McpGateway.Access.Authentication;
using McpGateway.Access.Discovery;
using McpGateway.Configuration;

namespace McpGateway.Access.Authorization;

/// <summary>
/// The WWW-Authenticate header (RFC 6750, section 3, and RFC 9728, section 5.1): what is wrong, which scopes are needed, and
/// where the client finds out who issues tokens.
/// </summary>
internal sealed class Challenge(ResourceMetadata metadata, ServerRules rules)
{
    /// <param name="context">The request.</param>
    /// <param name="refusal">Why its credential was refused; null when it has none.</param>
    public string Unauthorized(HttpContext context, CredentialRefusedException? refusal) =>
        Build(context, refusal?.Error, refusal?.Error is null ? null : refusal.Message);

    /// <param name="context">The request.</param>
    /// <param name="more">
    /// The scopes that the message needs. Those of the server are added: a challenge lists all required scopes (RFC 6750).
    /// </param>
    public string InsufficientScope(HttpContext context, IEnumerable<string>? more = null) =>
        Build(context, "insufficient_scope", null, more);

    // Nothing is escaped: errors and descriptions are constants, scopes are checked when they are read (Scope.IsValid), and the
    // URLs of endpoints contain no quotes or backslashes.
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
