using System.Collections.Concurrent;
using McpGateway.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>The requests that a gateway got over HTTP and the status of each response, for clients that do not tell.</summary>
internal sealed class RequestLog : IStartupFilter
{
    private readonly ConcurrentQueue<Entry> _entries = new();

    /// <summary>In the order in which the answers began.</summary>
    public IReadOnlyCollection<Entry> Entries => _entries;

    /// <summary>For the <c>adjust</c> of <see cref="TestGateway"/>.</summary>
    public void Add(WebApplicationBuilder builder) => builder.Services.AddSingleton<IStartupFilter>(this);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, following) =>
        {
            var request = context.Request;
            var (path, origin) = (request.Path.Value!, request.Headers.Origin.ToString());
            context.Response.OnStarting(() =>
            {
                _entries.Enqueue(new(request.Method, path, origin, context.Response.StatusCode));
                return Task.CompletedTask;
            });
            return following(context);
        });
        next(app);
    };

    /// <param name="Method">GET, POST, ….</param>
    /// <param name="Path">Without the query.</param>
    /// <param name="Origin">Empty when there was none.</param>
    /// <param name="Status">Of the answer.</param>
    internal sealed record Entry(string Method, string Path, string Origin, int Status)
    {
        public override string ToString() => $"{Method} {Path} {Status}";
    }
}
