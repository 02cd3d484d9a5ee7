using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using McpGateway.FunctionalTests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace McpGateway.FunctionalTests.Remote;

/// <summary>What has arrived at an <see cref="Upstream"/>.</summary>
internal sealed record Arrived(string Method, string Path, Dictionary<string, string> Headers, string Body)
{
    public JsonElement Json => JsonElement.Parse(Body);

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

/// <summary>A remote server of the test's own: it keeps what arrives, and answers as the test says.</summary>
internal sealed class Upstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Upstream(WebApplication app) => _app = app;

    /// <summary>Without a slash at the end.</summary>
    public string Address => _app.Urls.Single();

    public string Url => Address + "/mcp";

    /// <summary>Its first listener's port.</summary>
    public int Port => new Uri(Address).Port;

    public ConcurrentQueue<Arrived> Requests { get; } = new();

    /// <summary>What it does with a request.</summary>
    public Func<HttpContext, Arrived, Task> Answer { get; set; } = McpAsync;

    public static async Task<Upstream> StartAsync(
        Func<HttpContext, Arrived, Task>? answer = null, Action<ListenOptions>? listen = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, options => listen?.Invoke(options)));
        var app = builder.Build();
        var upstream = new Upstream(app);
        if (answer is not null)
            upstream.Answer = answer;
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var arrived = new Arrived(
                context.Request.Method, context.Request.Path + context.Request.QueryString,
                context.Request.Headers.ToDictionary(
                    header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                await reader.ReadToEndAsync());
            upstream.Requests.Enqueue(arrived);
            await upstream.Answer(context, arrived);
        });
        await app.StartAsync();
        return upstream;
    }

    /// <summary>The messages of this method that have arrived.</summary>
    public Arrived[] Posted(string method) =>
        [.. Requests.Where(request =>
            request.Body.Length > 0 && request.Json.ValueKind is JsonValueKind.Object && request.Json.Method() == method)];

    /// <summary>A server of Streamable HTTP with the session "up-1": it answers at once, as JSON.</summary>
    public static Task McpAsync(HttpContext context, Arrived request)
    {
        if (request.Method == "DELETE")
            return Task.CompletedTask;
        if (request.Method == "GET")
            return StatusAsync(context, 405);
        if (!request.Json.TryGetProperty("id", out var id))
            return StatusAsync(context, 202);
        if (request.Json.Method() == "initialize")
            context.Response.Headers["Mcp-Session-Id"] = "up-1";
        return JsonAsync(context, Rpc.Result(id.GetRawText(), ResultOf(request.Json)));
    }

    /// <summary>
    /// The result of a request to a server with the tools <c>read</c>, <c>write</c> and <c>Read</c>, which is <c>read</c> in
    /// disguise.
    /// </summary>
    public static string ResultOf(JsonElement request) => request.Method() switch
    {
        "initialize" => """{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":"""
            + """{"name":"up","version":"1"}}""",
        "tools/list" when request.TryGetProperty("params", out var page)
            && page.TryGetProperty("cursor", out _) => """{"tools":[]}""",
        "tools/list" => """{"tools":[{"name":"read","inputSchema":{}},{"name":"write","inputSchema":{}}],"nextCursor":"more"}""",
        "tools/call" => $$"""{"content":[{"type":"text","text":"called {{request.Get("params").Get("name").GetString()}}"}]}""",
        _ => "{}",
    };

    public static Task StatusAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    public static Task JsonAsync(HttpContext context, string json, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }

    /// <summary>Begins a stream of events.</summary>
    public static async Task BeginEventsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.StartAsync();
        await context.Response.Body.FlushAsync();
    }

    public static Task EventAsync(HttpContext context, string data, string fields = "event: message\n") =>
        context.Response.WriteAsync($"{fields}data: {data}\n\n", context.RequestAborted);

    /// <summary>Writes what comes on the channel, each a whole event, until it is completed.</summary>
    public static async Task EventsAsync(HttpContext context, ChannelReader<string> events)
    {
        await BeginEventsAsync(context);
        await foreach (var text in events.ReadAllAsync(context.RequestAborted))
            await context.Response.WriteAsync(text, context.RequestAborted);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
