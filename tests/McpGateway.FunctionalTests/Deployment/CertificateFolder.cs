using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace McpGateway.FunctionalTests.Deployment;

/// <summary>A certificate that signs itself, as fullchain.pem and privkey.pem.</summary>
internal sealed class CertificateFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mcpgateway-tls-");
    private readonly X509Certificate2 _certificate;

    public CertificateFolder()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _certificate = new CertificateRequest("CN=mcp.example.com", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        File.WriteAllText($"{Path}/fullchain.pem", _certificate.ExportCertificatePem());
        File.WriteAllText($"{Path}/privkey.pem", key.ExportPkcs8PrivateKeyPem());
    }

    public string Path => _folder.FullName;

    /// <summary>For an <see cref="HttpClientHandler"/>: accepts this certificate and no other.</summary>
    public bool Is(HttpRequestMessage request, X509Certificate2? shown, X509Chain? chain, SslPolicyErrors errors) =>
        shown?.Thumbprint == _certificate.Thumbprint;

    public void Dispose()
    {
        _certificate.Dispose();
        _folder.Delete(recursive: true);
    }
}
