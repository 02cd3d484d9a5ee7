using McpGateway.Configuration;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Access.Keys;

/// <summary>Fetches the discovery document of an issuer, and its keys.</summary>
internal sealed class KeyDocuments(HttpClient client)
{
    private const string DiscoveryPath = "/.well-known/openid-configuration";

    /// <summary>The keys of an issuer with discovery (OpenID Connect Discovery 1.0, section 4).</summary>
    /// <exception cref="InvalidOperationException">
    /// The document is not the issuer's, or the URL of the keys is not secure.
    /// </exception>
    public async Task<KeySet> DiscoverAsync(JwtIssuerOptions issuer, KeySet? known, CancellationToken cancellationToken)
    {
        var document = OpenIdConnectConfiguration.Create(
            await client.GetStringAsync(new Uri(issuer.Authority!.TrimEnd('/') + DiscoveryPath), cancellationToken));
        // OpenID Connect Discovery 1.0, section 4.3: they must be identical, or one issuer could speak for another.
        if (document.Issuer != issuer.Issuer)
        {
            throw new InvalidOperationException($"The issuer in the discovery document is '{document.Issuer}'; correct Issuer "
                + "in the settings.");
        }

        // Whoever could change the keys on their way here could sign any token.
        if (!SecureUrl.IsSecure(document.JwksUri))
        {
            throw new InvalidOperationException("The jwks_uri in the discovery document is not an https URL: "
                + $"'{document.JwksUri}'.");
        }

        return await FetchAsync(document.JwksUri, known, cancellationToken);
    }

    /// <summary>The keys at a URL.</summary>
    /// <returns>The known keys if they have not changed.</returns>
    public async Task<KeySet> FetchAsync(string url, KeySet? known, CancellationToken cancellationToken)
    {
        var text = await client.GetStringAsync(new Uri(url), cancellationToken);
        // The same object for the same keys, so that cached tokens remain valid (ValidatedToken.Keys).
        return known?.Source == text ? known : Parse(text);
    }

    /// <summary>The signing keys in a key set. Symmetric and weak keys are left out.</summary>
    public static KeySet Parse(string text) =>
        new(new JsonWebKeySet(text).GetSigningKeys().Where(PublicKeys.IsStrong), text);
}
