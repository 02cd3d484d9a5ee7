using System.Text;

namespace McpGateway.Configuration.Host;

/// <summary>Rejects settings that would leave an issuer without keys, or trust it more than intended.</summary>
internal static class JwtOptionsValidator
{
    // The gateway uses these as issuers of its own: a token issuer with such a name could impersonate the owner of an API key.
    private static readonly string[] ReservedIssuers = ["apikey", "anonymous"];

    public static IEnumerable<string> Errors(AccessOptions access)
    {
        var jwt = access.Jwt;
        if (jwt.KeyFetchInterval < TimeSpan.FromSeconds(1) || jwt.KeyFetchInterval > jwt.KeyLifetime)
            yield return "Access:Jwt:KeyFetchInterval: write a time from 00:00:01 up to the value of Access:Jwt:KeyLifetime";
        if (jwt.KeyLifetime > TimeSpan.FromDays(1))
            yield return "Access:Jwt:KeyLifetime: write at most 1.00:00:00; a revoked key is accepted for that long";
        if (jwt.CachedTokens is < 0 or > 1_000_000)
            yield return "Access:Jwt:CachedTokens: write a number from 0 to 1000000";
        if (jwt.ScopePrefix.Length > 0 && !Scope.IsValid(jwt.ScopePrefix))
            yield return $"Access:Jwt:ScopePrefix: {Scope.Advice}";
        foreach (var (index, issuer) in jwt.Issuers.Index())
        {
            var key = $"Access:Jwt:Issuers:{index}";
            foreach (var error in Errors(issuer, access.PublicUrl))
                yield return $"{key}:{error}";
            if (jwt.Issuers.Take(index).Any(other => other.Issuer == issuer.Issuer))
                yield return $"{key}:Issuer: this issuer is listed twice; remove one of the entries";
        }
    }

    private static IEnumerable<string> Errors(JwtIssuerOptions issuer, string? publicUrl)
    {
        if (string.IsNullOrWhiteSpace(issuer.Issuer) || ReservedIssuers.Contains(issuer.Issuer))
            yield return "Issuer: write the iss claim of its tokens, exactly as it is written there";
        if (string.IsNullOrWhiteSpace(issuer.Audience) && publicUrl is null)
        {
            yield return "Audience: write the aud claim of its tokens for this gateway; or set Access:PublicUrl to accept tokens "
                + "whose audience is the URL of the server";
        }

        foreach (var error in KeyErrors(issuer).Concat(AlgorithmErrors(issuer)))
            yield return error;
        // Five minutes is the library's default. An expired token is accepted for that long.
        if (issuer.ClockSkew < TimeSpan.Zero || issuer.ClockSkew > TimeSpan.FromMinutes(5))
            yield return "ClockSkew: write a time up to 00:05:00";
    }

    private static IEnumerable<string> KeyErrors(JwtIssuerOptions issuer)
    {
        var pem = issuer.PublicKeys is [var first, ..] ? first : null;
        string?[] sources = [issuer.Authority, issuer.JwksUrl, issuer.JwksFile, pem, issuer.SharedSecret];
        if (sources.Count(source => source is not null) != 1)
        {
            yield return "Issuer: set exactly one of Authority, JwksUrl, JwksFile, PublicKeys and SharedSecret, the source of "
                + "the issuer's keys";
        }

        if (issuer.Authority is not null && !SecureUrl.IsSecure(issuer.Authority))
            yield return "Authority: write an https URL; http is allowed only for this machine";
        if (issuer.JwksUrl is not null && !SecureUrl.IsSecure(issuer.JwksUrl))
            yield return "JwksUrl: write an https URL; http is allowed only for this machine";
        // JwtBearer refuses every token whose secret is too short for its algorithm, without an error at start-up.
        // Append, because Max fails on an empty list, and most issuers have no symmetric algorithm.
        var bytes = JwtAlgorithms.Of(issuer).Intersect(JwtAlgorithms.Symmetric).Append(JwtAlgorithms.Symmetric[0])
            .Max(JwtAlgorithms.SecretBytes);
        if (issuer.SharedSecret is { } secret && Encoding.UTF8.GetByteCount(secret) < bytes)
            yield return $"SharedSecret: write at least {bytes} bytes; `McpGateway token secret` creates one";
    }

    private static IEnumerable<string> AlgorithmErrors(JwtIssuerOptions issuer)
    {
        // Algorithm confusion (RFC 8725, section 2.1): with HS256 a public key would be the secret, and everybody knows it.
        var allowed = issuer.SharedSecret is null ? JwtAlgorithms.Asymmetric : JwtAlgorithms.Symmetric;
        if (issuer.Algorithms.Except(allowed).Any())
        {
            yield return $"Algorithms: choose from {string.Join(", ", allowed)}; others cannot be used with "
                + (issuer.SharedSecret is null ? "public keys" : "a shared secret");
        }
    }
}
