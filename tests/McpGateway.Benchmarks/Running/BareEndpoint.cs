using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpGateway.Benchmarks.Running;

/// <summary>The minimum that Kestrel can do with a POST: read the body and return a constant.</summary>
internal static class BareEndpoint
{
    private static readonly byte[] Answer =
        """{"jsonrpc":"2.0","id":10000000000000,"result":{"content":[{"type":"text","text":"ok"}]}}"""u8.ToArray();

    public static async Task RunAsync(string urls, CancellationToken stop)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(urls);
        await using var app = builder.Build();
        app.MapPost("/{**path}", ServeAsync);
        await app.StartAsync(stop);
        await app.WaitForShutdownAsync(stop);
    }

    private static async Task ServeAsync(HttpContext context)
    {
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                break;
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Answer.Length;
        await context.Response.BodyWriter.WriteAsync(Answer, context.RequestAborted);
    }
}
