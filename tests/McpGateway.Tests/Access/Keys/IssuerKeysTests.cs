using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using McpGateway.Access.Keys;
using McpGateway.Configuration;
using McpGateway.Tests.Configuration;

namespace McpGateway.Tests.Access.Keys;

public sealed class IssuerKeysTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pem_PublicKeysAndCertificates_AreTaken()
    {
        using var rsa = RSA.Create(2048);
        var request = new CertificateRequest("CN=x", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(99));
        Assert.NotNull(PublicKeys.Parse(rsa.ExportSubjectPublicKeyInfoPem()));
        Assert.NotNull(PublicKeys.Parse(certificate.ExportCertificatePem()));
        Assert.NotNull(PublicKeys.Parse(TestKeys.Pem));
    }

    [Fact]
    public void Pem_AnythingElse_IsRefused()
    {
        using var weak = RSA.Create(1024);
        using var good = RSA.Create(2048);
        string[] pems =
        [
            weak.ExportSubjectPublicKeyInfoPem(), good.ExportPkcs8PrivateKeyPem(), good.ExportRSAPrivateKeyPem(), "", "x",
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        ];
        Assert.All(pems, pem => Assert.Null(PublicKeys.Parse(pem)));
        var errors = Errors(new JwtIssuerOptions { PublicKeys = [TestKeys.Pem, .. pems] });
        Assert.Equal(pems.Length, errors.Length);
        Assert.StartsWith("Access:Jwt:Issuers:0:PublicKeys:1: write a PEM text", errors[0], StringComparison.Ordinal);
        Assert.DoesNotContain(errors, error => error.Contains("PRIVATE", StringComparison.Ordinal));
    }

    [Fact]
    public void JwksFile_Readable_IsTaken() =>
        Assert.Empty(
            Errors(new JwtIssuerOptions { JwksFile = _folder.Write("keys.json", $$"""{ "keys": [{{Curve("a")}}] }""") }));

    [Theory]
    [InlineData("not json", "is not a JSON Web Key Set")]
    [InlineData("[]", "is not a JSON Web Key Set")]
    [InlineData("", "is not a JSON Web Key Set")]
    [InlineData("{}", "contains no usable public key")]
    [InlineData("""{ "keys": [] }""", "contains no usable public key")]
    [InlineData("""{ "keys": [{ "kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "use": "sig" }] }""",
        "contains no usable public key")]
    public void JwksFile_WithoutPublicKeys_IsRefused(string text, string said)
    {
        var file = _folder.Write("keys.json", text);
        Assert.Contains($"Access:Jwt:Issuers:0:JwksFile: {file} {said}",
            Assert.Single(Errors(new JwtIssuerOptions { JwksFile = file })), StringComparison.Ordinal);
    }

    [Fact]
    public void JwksFile_Missing_IsRefused() => Assert.Contains(
        "cannot be read", Assert.Single(Errors(new JwtIssuerOptions { JwksFile = _folder.File("none.json") })),
        StringComparison.Ordinal);

    [Fact]
    public void KeySet_KeysForOtherUses_AreLeftOut()
    {
        var set = KeyDocuments.Parse(
            $$"""{ "keys": [{{Curve("a")}}, {{Curve("b", "enc")}}, { "kty": "oct", "kid": "c", "k": "c2VjcmV0" }] }""");
        Assert.Equal(1, set.Count);
        Assert.True(set.Has("a"));
    }

    private static string Curve(string id, string use = "sig")
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = curve.ExportParameters(false).Q;
        return $$"""
            {
              "kty": "EC", "crv": "P-256", "kid": "{{id}}", "use": "{{use}}",
              "x": "{{Encode(point.X!)}}", "y": "{{Encode(point.Y!)}}"
            }
            """;
    }

    private static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private static string[] Errors(JwtIssuerOptions issuer) =>
        [.. new IssuerKeysValidator().Validate(null, new AccessOptions { Jwt = new JwtOptions { Issuers = [issuer] } }).Failures
            ?? []];
}
