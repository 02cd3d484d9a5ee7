using Microsoft.AspNetCore.Authentication;

namespace McpGateway.Access.Authentication;

/// <summary>
/// Instead of the settings that JwtBearer reads by itself, from <c>Authentication:Schemes</c>: they would replace what
/// <see cref="BearerOptionsSetup"/> says, keys included. Who is let in stands in <c>Access</c> alone.
/// </summary>
internal sealed class NoSchemeSettings : IAuthenticationConfigurationProvider
{
    public IConfiguration AuthenticationConfiguration { get; } = new ConfigurationBuilder().Build();
}
