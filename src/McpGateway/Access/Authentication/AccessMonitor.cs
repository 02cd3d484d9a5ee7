using McpGateway.Access.Keys;
using McpGateway.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace McpGateway.Access.Authentication;

/// <summary>
/// Holds the access model in force, and replaces it when appsettings.json was reloaded. Added and removed issuers and API keys
/// apply from the next message on. Invalid settings change nothing.
/// </summary>
internal sealed partial class AccessMonitor : IDisposable
{
    // Not IOptionsMonitor, which throws the errors of a bad reload into the callback of the settings, where nobody catches them.
    private readonly IOptionsFactory<AccessOptions> _options;
    private readonly KeySources _sources;
    private readonly ILogger<AccessMonitor> _log;
    // Several settings files may be reloaded at the same time, and KeySources.For is not thread-safe.
    private readonly Lock _applying = new();
    private readonly IDisposable _reloads;
    private volatile AccessModel _current; // requests read it without the lock

    public AccessMonitor(
        IConfiguration configuration, IOptionsFactory<AccessOptions> options, KeySources sources, ILogger<AccessMonitor> log)
    {
        (_options, _sources, _log) = (options, sources, log);
        _current = Build(options.Create(Options.DefaultName), wasRequired: false);
        _reloads = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
    }

    public AccessModel Current => _current;

    public void Dispose() => _reloads.Dispose();

    private void Reload()
    {
        lock (_applying)
        {
            try
            {
                _current = Build(_options.Create(Options.DefaultName), _current.IsRequired);
                Log.Reloaded(_log, _current.Issuers.Count);
            }
            catch (Exception exception) when (exception is OptionsValidationException or InvalidOperationException or IOException)
            {
                Log.Rejected(_log, exception.Message);
            }
        }
    }

    // Once required, authentication stays required until a restart. A settings file that is empty for an instant, as while it is
    // being written, must not open the gateway to everybody.
    private AccessModel Build(AccessOptions options, bool wasRequired)
    {
        var issuers = _sources.For(options.Jwt).ToDictionary(issuer => issuer.Name, StringComparer.Ordinal);
        foreach (var issuer in options.Jwt.Issuers.Where(issuer => issuer.SharedSecret is not null))
            Log.SharedSecret(_log, issuer.Issuer);
        return new AccessModel(
            wasRequired || options.HasCredentials || options.Anonymous is false, issuers, new ApiKeySet(options.ApiKeys),
            options.Jwt.ScopePrefix);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Access settings were reloaded: {Issuers} issuers", EventName = "AccessReloaded")]
        public static partial void Reloaded(ILogger log, int issuers);

        [LoggerMessage(2, LogLevel.Error, "The access settings are not valid, so the previous ones stay in force: {Errors}",
            EventName = "AccessRejected")]
        public static partial void Rejected(ILogger log, string errors);

        [LoggerMessage(EventId = 3, Level = LogLevel.Warning, EventName = "SharedSecret",
            Message = "{Issuer} has a shared secret. Use it for development only: whoever can verify its tokens can create them")]
        public static partial void SharedSecret(ILogger log, string issuer);
    }
}
