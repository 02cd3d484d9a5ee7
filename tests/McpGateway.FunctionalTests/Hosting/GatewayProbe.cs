using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Runtime.Loader;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

[assembly: HostingStartup(typeof(GatewayProbe))]

namespace McpGateway.FunctionalTests.Hosting
{
    /// <summary>What the probe tells.</summary>
    /// <param name="Managed">Bytes on the managed heap after a full collection.</param>
    /// <param name="Sessions">Sessions open.</param>
    /// <param name="Processes">Places for processes that are taken, of all servers.</param>
    /// <param name="Queued">Bytes that count into Limits:QueuedBytes.</param>
    /// <param name="Errors">What was logged as an error since the start.</param>
    internal sealed record GatewayState(long Managed, int Sessions, int Processes, long Queued, string[] Errors);

    /// <summary>
    /// In the real program, and put there by its environment alone: tells users apart as <see cref="TestUsers"/> does, and shows
    /// what cannot be seen from outside. In the tests' own process it does nothing.
    /// </summary>
    public sealed class GatewayProbe : IHostingStartup, IStartupFilter, ILoggerProvider, ILogger
    {
        private const string Switch = "MCPGATEWAY_TEST_PROBE";
        private const string Path = "/probe";

        private readonly ConcurrentQueue<string> _errors = new();

        /// <summary>For <see cref="GatewayProgram"/>. Children do not inherit it.</summary>
        public static Dictionary<string, string> Environment { get; } = new()
        {
            [Switch] = "1",
            ["DOTNET_STARTUP_HOOKS"] = typeof(GatewayProbe).Assembly.Location,
            ["ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"] = typeof(GatewayProbe).Assembly.GetName().Name!,
        };

        internal static async Task<GatewayState> AskAsync(GatewayProgram gateway)
        {
            using var client = new HttpClient();
            return (await client.GetFromJsonAsync<GatewayState>(new Uri(gateway.BaseAddress, Path), TestHttp.Token))!;
        }

        public void Configure(IWebHostBuilder builder)
        {
            // The tests' own gateways load this assembly, too.
            if (System.Environment.GetEnvironmentVariable(Switch) is null)
                return;
            builder.ConfigureServices(services => services
                .AddSingleton<IStartupFilter, TestUsers>()
                .AddSingleton<IStartupFilter>(this)
                .AddSingleton<ILoggerProvider>(this));
        }

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Map(Path, probe => probe.Run(context => context.Response.WriteAsJsonAsync(ReadState(context.RequestServices))));
            next(app);
        };

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                _errors.Enqueue($"{formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
        }

        private GatewayState ReadState(IServiceProvider services)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
            return new GatewayState(
                GC.GetTotalMemory(forceFullCollection: true), services.GetRequiredService<SessionManager>().Count,
                services.GetRequiredService<ServerRegistry>().All.OfType<StdioServerState>().Sum(server => server.Processes),
                services.GetRequiredService<QueueBudget>().Queued, [.. _errors]);
        }
    }
}

/// <summary>
/// Has this assembly, and what it refers to, found in a program that knows nothing of it: the runtime calls it before Main.
/// https://github.com/dotnet/runtime/blob/main/docs/design/features/host-startup-hook.md
/// </summary>
#pragma warning disable CA1050 // The runtime looks for it in no namespace.
internal static class StartupHook
#pragma warning restore CA1050
{
    public static void Initialize() => AssemblyLoadContext.Default.Resolving += (context, name) =>
        System.IO.Path.Combine(AppContext.BaseDirectory, name.Name + ".dll") is var file && File.Exists(file)
            ? context.LoadFromAssemblyPath(file)
            : null;
}
