using System.CommandLine;
using McpGateway.Access;
using McpGateway.Configuration;
using McpGateway.Configuration.Reading;
using Microsoft.Extensions.Options;

namespace McpGateway.Cli;

/// <summary>
/// Runs the gateway: reads gateway.json, checks that it may listen on its addresses, and serves until it is told to stop.
/// </summary>
/// <param name="compose">Creates the application.</param>
/// <param name="guard">Runs first. If it returns an exit code, the command ends with it.</param>
internal sealed class RunCommand(Func<RunSettings, WebApplication> compose, Func<TextWriter, int?>? guard = null)
{
    // Not 1, which System.CommandLine returns for wrong arguments and unhandled exceptions.
    private const int InvalidConfiguration = 2;

    private readonly Option<string?> _config = new("--config")
    {
        Description =
            "The gateway.json to use. Default: config/gateway.json in the working directory, otherwise the built-in demo server.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _urls = new("--urls")
    {
        Description = $"The URLs to listen on, separated by semicolons. Default: {RunSettings.DefaultUrls}",
        HelpName = "URLS",
    };

    /// <summary>Adds it to the root command, so that it runs when no other command is given.</summary>
    public void AddTo(RootCommand root)
    {
        root.Add(_config);
        root.Add(_urls);
        root.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetValue(_config) ?? DefaultConfig(), parsed.GetValue(_urls), parsed.InvocationConfiguration.Error));
    }

    private async Task<int> RunAsync(string file, string? urls, TextWriter errors)
    {
        // Before the first await: the guard must be entered on the main thread (Guard.Enter).
        if (guard?.Invoke(errors) is { } code)
            return code;
        var loader = new GatewayConfigLoader(file, HostEnvironmentVariables.Get);
        var initial = loader.Load();
        if (!initial.IsValid)
            return Refuse(errors, initial.Errors.Select(error => error.ToString()).Prepend($"{loader.Path} is not valid:"));
        try
        {
            await using var app = compose(new RunSettings(loader, initial, urls));
            // Checked after composition, because only then have all sources of settings been read.
            var access = app.Services.GetRequiredService<IOptions<AccessOptions>>().Value;
            if (ListenerCheck.Check(app.Urls.Concat(RunSettings.KestrelUrls(app.Configuration)), access) is { } refusal)
                return Refuse(errors, [refusal]);
            if (RulesCheck.Check(initial.Config, access).ToArray() is [_, ..] unmet)
                return Refuse(errors, unmet);
            await app.RunAsync();
            return 0;
        }
        catch (OptionsValidationException exception)
        {
            // Thrown by the first part that reads its options, or by ValidateOnStart when the host starts.
            return Refuse(errors, exception.Failures.Prepend("appsettings.json is not valid:"));
        }
    }

    private static int Refuse(TextWriter errors, IEnumerable<string> lines)
    {
        foreach (var line in lines)
            errors.WriteLine(line);
        return InvalidConfiguration;
    }

    private static string DefaultConfig()
    {
        // The program may be started in any folder, so the built-in file is found next to it.
        var here = Path.Combine("config", "gateway.json");
        return File.Exists(here) ? here : Path.Combine(AppContext.BaseDirectory, here);
    }
}
