using Microsoft.AspNetCore.Authentication;

namespace McpGateway.Access.Authentication;

/// <summary>
/// Replaces the section <c>Authentication:Schemes</c>, which JwtBearer reads by default. Its values would override those of
/// <see cref="BearerOptionsSetup"/>, including the keys. Only the section <c>Access</c> decides who has access.
/// </summary>
internal sealed class NoSchemeSettings : IAuthenticationConfigurationProvider
{
    public IConfiguration AuthenticationConfiguration { get; } = new ConfigurationBuilder().Build();
}
