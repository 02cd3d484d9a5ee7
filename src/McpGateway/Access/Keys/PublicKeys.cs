using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Access.Keys;

/// <summary>Parses public keys in PEM format (RFC 7468), and decides which keys are strong enough.</summary>
internal static class PublicKeys
{
    private const int RsaBits = 2048;

    /// <summary>Whether it is a public key of sufficient strength (NIST SP 800-131A).</summary>
    // Symmetric keys are rejected: a secret in a published key set is known to everybody.
    public static bool IsStrong(SecurityKey key) =>
        key is AsymmetricSecurityKey && (key is ECDsaSecurityKey || key.KeySize >= RsaBits);

    /// <returns>Null when the text contains no public key, or a weak one.</returns>
    public static SecurityKey? Parse(string pem)
    {
        if (!PemEncoding.TryFind(pem, out var fields))
            return null;
        var label = pem[fields.Label];
        var key = label is "CERTIFICATE" ? OfCertificate(pem) : label is "PUBLIC KEY" ? OfKey(pem) : null;
        return key is not null && IsStrong(key) ? key : null;
    }

    private static SecurityKey? OfKey(string pem) => TryImport(RSA.Create(), pem) is RSA rsa
        ? new RsaSecurityKey(rsa)
        : TryImport(ECDsa.Create(), pem) is ECDsa curve ? new ECDsaSecurityKey(curve) : null;

    private static SecurityKey? OfCertificate(string pem)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            return certificate.GetRSAPublicKey() is { } rsa
                ? new RsaSecurityKey(rsa)
                : certificate.GetECDsaPublicKey() is { } curve ? new ECDsaSecurityKey(curve) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static AsymmetricAlgorithm? TryImport(AsymmetricAlgorithm algorithm, string pem)
    {
        try
        {
            algorithm.ImportFromPem(pem);
            return algorithm; // owned by the SecurityKey, and never disposed of
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            algorithm.Dispose(); // the key is of another kind
            return null;
        }
    }
}
