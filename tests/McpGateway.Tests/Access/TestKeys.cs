using System.Security.Cryptography;

namespace McpGateway.Tests.Access;

internal static class TestKeys
{
    /// <summary>The public key of some key pair.</summary>
    public static string Pem { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportSubjectPublicKeyInfoPem();
}
