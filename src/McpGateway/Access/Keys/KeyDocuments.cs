using McpGateway.Configuration;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Access.Keys;

/// <summary>Fetches what issuers publish: the discovery document, and the keys that it leads to.</summary>
internal sealed class KeyDocuments(HttpClient client)
{
    private const string DiscoveryPath = "/.well-known/openid-configuration";

    /// <summary>The keys of an issuer with discovery (OpenID Connect Discovery 1.0, section 4).</summary>
    /// <exception cref="InvalidOperationException">It is somebody else's, or leads where nothing can be trusted.</exception>
    public async Task<KeySet> DiscoverAsync(JwtIssuerOptions issuer, KeySet? known, CancellationToken cancellationToken)
    {
        var document = OpenIdConnectConfiguration.Create(
            await client.GetStringAsync(new Uri(issuer.Authority!.TrimEnd('/') + DiscoveryPath), cancellationToken));
        if (document.Issuer != issuer.Issuer)
            throw new InvalidOperationException($"The discovery document is of '{document.Issuer}'; is Issuer right?");
        if (!SecureUrl.IsSecure(document.JwksUri))
            throw new InvalidOperationException($"The discovery document's jwks_uri is not https: '{document.JwksUri}'.");
        return await FetchAsync(document.JwksUri, known, cancellationToken);
    }

    /// <summary>The keys at a URL.</summary>
    /// <returns>The known ones when they have not changed.</returns>
    public async Task<KeySet> FetchAsync(string url, KeySet? known, CancellationToken cancellationToken)
    {
        var text = await client.GetStringAsync(new Uri(url), cancellationToken);
        return known?.Source == text ? known : Parse(text);
    }

    /// <summary>The signing keys of a key set. What is no public key, or a weak one, is left out.</summary>
    public static KeySet Parse(string text) =>
        new(new JsonWebKeySet(text).GetSigningKeys().Where(PublicKeys.IsStrong), text);
}
