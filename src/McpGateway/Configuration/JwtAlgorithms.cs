using System.Globalization;

namespace McpGateway.Configuration;

/// <summary>
/// The signature algorithms (RFC 7518, section 3.1) that may be configured. <c>none</c> is deliberately missing.
/// </summary>
internal static class JwtAlgorithms
{
    /// <summary>Verified with a public key.</summary>
    public static IReadOnlyList<string> Asymmetric { get; } =
        ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    /// <summary>Verified with the secret that signs, so never with a key that an issuer publishes.</summary>
    public static IReadOnlyList<string> Symmetric { get; } = ["HS256", "HS384", "HS512"];

    /// <summary>The minimum length of a secret, in bytes: that of the algorithm's hash (RFC 7518, section 3.2).</summary>
    /// <param name="algorithm">One of <see cref="Symmetric"/>.</param>
    public static int SecretBytes(string algorithm) => int.Parse(algorithm.AsSpan(2), CultureInfo.InvariantCulture) / 8;

    /// <summary>The algorithms that an issuer's tokens may be signed with.</summary>
    // By default only HS256 with a secret, because the others require longer secrets.
    public static IReadOnlyList<string> Of(JwtIssuerOptions issuer) =>
        issuer.Algorithms.Count > 0 ? issuer.Algorithms : issuer.SharedSecret is null ? Asymmetric : [Symmetric[0]];
}
