using System.Text;

namespace McpGateway.Configuration.Host;

/// <summary>Finds what would leave an issuer without keys, or with more trust than somebody meant to give.</summary>
internal static class JwtOptionsValidator
{
    // The gateway's own words for who vouches: an issuer of that name could pose as an API key's owner.
    private static readonly string[] ReservedIssuers = ["apikey", "anonymous"];

    public static IEnumerable<string> Errors(AccessOptions access)
    {
        var jwt = access.Jwt;
        if (jwt.KeyFetchInterval < TimeSpan.FromSeconds(1) || jwt.KeyFetchInterval > jwt.KeyLifetime)
            yield return "Access:Jwt:KeyFetchInterval: write a time from 00:00:01 to Access:Jwt:KeyLifetime";
        if (jwt.KeyLifetime > TimeSpan.FromDays(1))
            yield return "Access:Jwt:KeyLifetime: write a time up to 1.00:00:00; until then a key that was taken back is accepted";
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
                yield return $"{key}:Issuer: stands there twice; of one issuer only one entry can hold";
        }
    }

    private static IEnumerable<string> Errors(JwtIssuerOptions issuer, string? publicUrl)
    {
        if (string.IsNullOrWhiteSpace(issuer.Issuer) || ReservedIssuers.Contains(issuer.Issuer))
            yield return "Issuer: write the iss of its tokens, to the letter";
        if (string.IsNullOrWhiteSpace(issuer.Audience) && publicUrl is null)
        {
            yield return "Audience: write the aud of its tokens for this gateway; or set Access:PublicUrl, and each server's URL is "
                + "the audience for it";
        }

        foreach (var error in KeyErrors(issuer).Concat(AlgorithmErrors(issuer)))
            yield return error;
        if (issuer.ClockSkew < TimeSpan.Zero || issuer.ClockSkew > TimeSpan.FromMinutes(5))
            yield return "ClockSkew: write a time up to 00:05:00";
    }

    private static IEnumerable<string> KeyErrors(JwtIssuerOptions issuer)
    {
        var pem = issuer.PublicKeys is [var first, ..] ? first : null;
        string?[] sources = [issuer.Authority, issuer.JwksUrl, issuer.JwksFile, pem, issuer.SharedSecret];
        if (sources.Count(source => source is not null) != 1)
        {
            yield return "Issuer: says where its keys come from by exactly one of Authority, JwksUrl, JwksFile, PublicKeys and "
                + "SharedSecret";
        }

        if (issuer.Authority is not null && !SecureUrl.IsSecure(issuer.Authority))
            yield return "Authority: write an https URL; http is for this machine only";
        if (issuer.JwksUrl is not null && !SecureUrl.IsSecure(issuer.JwksUrl))
            yield return "JwksUrl: write an https URL; http is for this machine only";
        // No token of an algorithm is accepted with a secret that is too short for it.
        var bytes = JwtAlgorithms.Of(issuer).Intersect(JwtAlgorithms.Symmetric).Append(JwtAlgorithms.Symmetric[0])
            .Max(JwtAlgorithms.SecretBytes);
        if (issuer.SharedSecret is { } secret && Encoding.UTF8.GetByteCount(secret) < bytes)
            yield return $"SharedSecret: write at least {bytes} bytes; `McpGateway token secret` makes one";
    }

    private static IEnumerable<string> AlgorithmErrors(JwtIssuerOptions issuer)
    {
        // A public key taken for a secret is known to everybody.
        var allowed = issuer.SharedSecret is null ? JwtAlgorithms.Asymmetric : JwtAlgorithms.Symmetric;
        if (issuer.Algorithms.Except(allowed).Any())
        {
            yield return $"Algorithms: write some of {string.Join(", ", allowed)}; others do not go with "
                + (issuer.SharedSecret is null ? "public keys" : "a shared secret");
        }
    }
}
