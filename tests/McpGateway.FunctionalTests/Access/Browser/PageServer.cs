using McpGateway.Cli.DemoServer;
using McpGateway.Configuration;
using McpGateway.FunctionalTests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpGateway.FunctionalTests.Access.Browser;

/// <summary>A web site of one empty page on this machine, under whatever name its visitors know it by.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PageServer(WebApplication app) => _app = app;

    public static async Task<PageServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/", () => Results.Text("<!DOCTYPE html><title>page</title>", "text/html"));
        await app.StartAsync();
        return new PageServer(app);
    }

    /// <summary>The page's origin, as Origin headers have it.</summary>
    /// <param name="host">The site's name.</param>
    public string Origin(string host) => $"http://{host}:{new Uri(_app.Urls.Single()).Port}";

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
