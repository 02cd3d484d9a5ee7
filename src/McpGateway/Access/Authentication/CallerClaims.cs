using System.Security.Claims;

namespace McpGateway.Access.Authentication;

/// <summary>
/// The claims of a caller, for tokens and API keys alike: one issuer, one subject, and one claim for each scope.
/// </summary>
internal static class CallerClaims
{
    public const string Issuer = "iss";
    public const string Subject = "sub";
    public const string Audience = "aud";
    public const string Scope = "scope";

    /// <summary>The issuer of callers with an API key.</summary>
    public const string ApiKeyIssuer = "apikey";

    // The name that Microsoft Entra ID and some other issuers use.
    private const string OtherScope = "scp";

    /// <summary>
    /// The caller of a validated token. The token may list its scopes as one string or as an array, under either name.
    /// </summary>
    /// <returns>Null when it has no subject: there would be no user to bind a session to.</returns>
    public static ClaimsPrincipal? Of(ClaimsPrincipal token)
    {
        // Exactly one: readers of a token with two subjects could take different ones.
        if (token.Claims.Where(claim => claim.Type == Subject).Take(2).ToArray() is not [{ Value.Length: > 0 }])
            return null;
        var scopes = token.Claims.Where(IsScope)
            .SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Distinct(StringComparer.Ordinal)
            .Select(scope => new Claim(Scope, scope));
        return Of([.. token.Claims.Where(claim => !IsScope(claim)), .. scopes], "token");
    }

    /// <summary>A caller with these claims. Their names are case-sensitive.</summary>
    // ClaimsIdentity ignores case by default. One issuer could then impersonate another with a claim named "ISS".
    public static ClaimsPrincipal Of(IEnumerable<Claim> claims, string kind) =>
        new(new ClaimsIdentity(null, claims, kind, Subject, roleType: null, StringComparison.Ordinal));

    private static bool IsScope(Claim claim) => claim.Type is Scope or OtherScope;
}
