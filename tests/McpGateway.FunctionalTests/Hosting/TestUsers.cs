using System.Security.Claims;
using McpGateway.FunctionalTests.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>
/// Stands in for authentication: whoever a request's X-Test-User names is who sends it; without the header it is anonymous.
/// </summary>
internal sealed class TestUsers : IStartupFilter
{
    public const string Header = "X-Test-User";
    private const string Issuer = "https://issuer.test";

    /// <summary>For the <c>adjust</c> of <see cref="TestGateway"/>.</summary>
    public static void Add(WebApplicationBuilder builder) => builder.Services.AddSingleton<IStartupFilter, TestUsers>();

    /// <summary>The header of this user's requests; none for null. A bearer token stands for itself.</summary>
    public static (string Name, string Value)[] HeaderOf(string? user) => user switch
    {
        null => [],
        _ when user.StartsWith("Bearer ", StringComparison.Ordinal) => [("Authorization", user)],
        _ => [(Header, user)],
    };

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, following) =>
        {
            if (context.Request.Headers[Header] is [{ Length: > 0 } user])
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new("sub", user), new("iss", Issuer)], "test"));
            return following(context);
        });
        next(app);
    };
}
