using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace McpGateway.Proxy;

/// <summary>
/// The certificate that a remote server asks of its clients. YARP has no setting for it; this one is named as Kestrel's:
/// <c>HttpClient:ClientCertificate</c> with Path, KeyPath (PEM) and Password.
/// </summary>
internal static class ClientCertificate
{
    private const string PathKey = "ClientCertificate:Path";
    private const string KeyPathKey = "ClientCertificate:KeyPath";
    private const string PasswordKey = "ClientCertificate:Password";

    /// <summary>Reads the settings, and the files once, so that a wrong path is seen at start.</summary>
    /// <returns>For the cluster's metadata; null when there is no certificate.</returns>
    /// <exception cref="OptionsValidationException">The certificate cannot be loaded.</exception>
    public static IReadOnlyDictionary<string, string>? Read(IConfigurationSection section)
    {
        if (section["Path"] is not { Length: > 0 } path)
            return null;
        var metadata = new Dictionary<string, string> { [PathKey] = path };
        if (section["KeyPath"] is { } key)
            metadata[KeyPathKey] = key;
        if (section["Password"] is { } password)
            metadata[PasswordKey] = password;
        try
        {
            // Only tried here: each of YARP's clients loads its own, in Configure.
            Load(metadata).Dispose();
            return metadata;
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new OptionsValidationException(
                section.Path, typeof(X509Certificate2), [$"{section.Path}: {exception.Message}"]);
        }
    }

    /// <summary>For YARP: gives the connections of a cluster its certificate.</summary>
    public static void Configure(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        // YARP calls this for every cluster, and most have no certificate.
        if (context.NewMetadata?.ContainsKey(PathKey) is true)
            handler.SslOptions.ClientCertificates = [Load(context.NewMetadata)];
    }

    private static X509Certificate2 Load(IReadOnlyDictionary<string, string> metadata)
    {
        var (path, password) = (metadata[PathKey], metadata.GetValueOrDefault(PasswordKey));
        if (!metadata.TryGetValue(KeyPathKey, out var key))
            return X509CertificateLoader.LoadPkcs12FromFile(path, password);
        return password is null
            ? X509Certificate2.CreateFromPemFile(path, key)
            : X509Certificate2.CreateFromEncryptedPemFile(path, password, key);
    }
}
