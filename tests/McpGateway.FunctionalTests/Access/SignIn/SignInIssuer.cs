namespace McpGateway.FunctionalTests.Access.SignIn;

/// <summary>One issuer for the tests of a class; started by the first test, which may be skipped instead.</summary>
public sealed class SignInIssuer : IAsyncDisposable
{
    private OidcProviderIssuer? _issuer;

    public ValueTask DisposeAsync() => _issuer?.DisposeAsync() ?? default;

    internal async Task<Issuer> StartAsync() => _issuer ??= await OidcProviderIssuer.StartAsync();
}
