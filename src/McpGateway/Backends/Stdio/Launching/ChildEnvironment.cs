using System.Collections;
using McpGateway.Configuration;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Launching;

/// <summary>
/// The variables that a child sees: a short safe list of the gateway's own, and what gateway.json declares. The
/// gateway's environment holds its secrets, so it is handed on as a whole only when the configuration says so.
/// </summary>
internal static class ChildEnvironment
{
    private static readonly StringComparer Names =
        OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    // What programs need to start, to use a proxy, to trust its certificates, and to find their caches.
    private static readonly HashSet<string> Safe = new(Names)
    {
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TMP", "TEMP", "TERM",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO",
        "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
    };

    private static readonly HashSet<string> SafeOnWindows = new(Names)
    {
        "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA",
        "PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432", "HOMEDRIVE", "HOMEPATH", "USERPROFILE", "USERNAME",
        "PROCESSOR_ARCHITECTURE", "NUMBER_OF_PROCESSORS",
    };

    public static IReadOnlyDictionary<string, string> For(StdioTarget target, UserEnvironment? user = null)
    {
        var variables = new Dictionary<string, string>(Names);
        foreach (DictionaryEntry own in Environment.GetEnvironmentVariables())
        {
            var name = (string)own.Key;
            if (target.InheritEnvironment || IsSafe(name))
                variables[name] = (string?)own.Value ?? string.Empty;
        }

        // What gateway.json declares replaces the gateway's own, and a user's values replace texts with placeholders.
        foreach (var (name, value) in target.Environment)
            variables[name] = value;
        foreach (var (name, value) in user?.Variables ?? new Dictionary<string, string>())
            variables[name] = value;
        return variables;
    }

    private static bool IsSafe(string name) =>
        Safe.Contains(name) || name.StartsWith("LC_", StringComparison.Ordinal)
        || (OperatingSystem.IsWindows() && SafeOnWindows.Contains(name));
}
