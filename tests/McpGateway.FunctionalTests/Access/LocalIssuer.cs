using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpGateway.FunctionalTests.Access;

/// <summary>An issuer of the tests' own: it counts how often its keys are fetched, and can be down.</summary>
internal sealed class LocalIssuer : Issuer
{
    private readonly WebApplication _app;
    private int _fetches;
    private int _discoveries;

    private LocalIssuer(WebApplication app)
    {
        _app = app;
        Name = app.Urls.Single();
    }

    /// <summary>The number of requests for its keys.</summary>
    public int Fetches => Volatile.Read(ref _fetches);

    /// <summary>The number of requests for its discovery document, failed ones included.</summary>
    public int Discoveries => Volatile.Read(ref _discoveries);

    public bool IsDown { get; set; }

    public static async Task<LocalIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        LocalIssuer issuer = null!;
        app.MapGet("/.well-known/openid-configuration", () =>
        {
            Interlocked.Increment(ref issuer._discoveries);
            return issuer.Answer(() => new JsonObject
                { ["issuer"] = issuer.Name, ["jwks_uri"] = issuer.Name + "/keys" }.ToJsonString());
        });
        app.MapGet("/keys", () =>
        {
            Interlocked.Increment(ref issuer._fetches);
            return issuer.Answer(() => TokenKey.Set(issuer.Key.Public));
        });
        await app.StartAsync();
        return issuer = new LocalIssuer(app);
    }

    public override Task<string> IssueAsync(string subject, string audience, string scope = "") =>
        Task.FromResult(Key.Sign(Claims(subject, audience, scope)));

    public override Task RotateAsync()
    {
        Key = new TokenKey();
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Answer(Func<string> json) => IsDown ? Results.StatusCode(503) : Results.Text(json(), "application/json");
}
