using System.Security.Claims;
using McpGateway.Configuration;

namespace McpGateway.Access.Authentication;

/// <summary>What is known of a caller, whatever it came with: one issuer, one subject, and each scope by itself.</summary>
internal static class CallerClaims
{
    public const string Issuer = "iss";
    public const string Subject = "sub";
    public const string Audience = "aud";
    public const string Scope = "scope";

    /// <summary>The issuer of callers with an API key.</summary>
    public const string ApiKeyIssuer = "apikey";

    // As Microsoft's and some other issuers call it.
    private const string OtherScope = "scp";

    /// <summary>
    /// The caller that a validated token tells of. Its scopes may have come as one string or as an array, under either name.
    /// </summary>
    /// <returns>Null when it names no subject: there would be nobody to bind a session to.</returns>
    public static ClaimsPrincipal? Of(ClaimsPrincipal token)
    {
        if (token.Claims.Where(claim => claim.Type == Subject).Take(2).ToArray() is not [{ Value.Length: > 0 }])
            return null;
        var scopes = token.Claims.Where(IsScope)
            .SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Distinct(StringComparer.Ordinal)
            .Select(scope => new Claim(Scope, scope));
        return Of([.. token.Claims.Where(claim => !IsScope(claim)), .. scopes], "token");
    }

    /// <summary>A caller with these claims, which are found by their names to the letter.</summary>
    // An identity ignores case unless it is told: with an "ISS" in a token one issuer could speak for another.
    public static ClaimsPrincipal Of(IEnumerable<Claim> claims, string kind) =>
        new(new ClaimsIdentity(null, claims, kind, Subject, roleType: null, StringComparison.Ordinal));

    private static bool IsScope(Claim claim) => claim.Type is Scope or OtherScope;
}
