using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>Checks the keys of a server against each other, and creates its part of the snapshot.</summary>
internal sealed class ServerEntryValidator(FilesRead files, Findings findings)
{
    /// <returns>The server; null after an error, which has been reported.</returns>
    public ServerConfig? Validate(string name, ServerEntry entry)
    {
        var hasCommand = entry.Has("command");
        // Without knowing the kind of server, no other key can be checked.
        if (hasCommand == (entry.Has("url") || entry.Has("urls")))
        {
            findings.Error(entry.Path, hasCommand
                ? $"has both command and {(entry.Has("url") ? "url" : "urls")}; remove one of them"
                : "has neither command nor url; write command for a program to start, or url for a remote server");
            return null;
        }

        var auth = new AuthValidator(findings).Validate(entry.Auth);
        var tools = new ToolsValidator(findings).Validate(entry.Tools);
        CheckOrigins(entry.Cors);
        WarnAboutKeysFor(hasCommand ? ServerKind.Remote : ServerKind.Stdio, entry);
        ServerTarget? target = hasCommand
            ? new StdioTargetValidator(files, findings).Validate(entry)
            : new RemoteTargetValidator(findings).Validate(entry);
        if (target is null || findings.HasErrorIn(entry.Path))
            return null;
        var server = WithLimits(new ServerConfig { Name = name, Target = target, Auth = auth, Tools = tools }, entry) with
        {
            Origins = new EquatableList<string>(entry.Cors?.Origins ?? []),
            RateLimit = RateLimit(entry.RateLimit),
        };
        // On the finished server, because either value may be a default.
        if (server.Warm > server.MaxProcesses)
            findings.Error(entry.PathOf("warm"), "is greater than maxProcesses; lower warm, or raise maxProcesses");
        if (server.MaxMemory is not null && !OperatingSystem.IsLinux())
            findings.Warn(entry.PathOf("maxMemoryMiB"),
                "has no effect on this platform; the memory of a process and its descendants is measured only on Linux");
        if (server.RequestMaximum < server.RequestTimeout)
            findings.Warn(entry.Path, "requestMaximum is less than requestTimeout, so requestTimeout has no effect");
        return server;
    }

    private void CheckOrigins(CorsEntry? cors)
    {
        foreach (var (index, origin) in (cors?.Origins ?? []).Index())
        {
            if (!Origin.IsValid(origin))
                findings.Error(cors!.PathOf("origins").Item(index), Origin.Advice);
        }
    }

    private static RateLimitConfig RateLimit(RateLimitEntry? entry) => new()
    {
        PermitsPerMinute = entry?.PermitsPerMinute,
        Concurrency = entry?.Concurrency,
        Queue = entry?.Queue ?? RateLimitConfig.DefaultQueue,
        OpeningsPerMinute = entry?.OpeningsPerMinute,
    };

    private void WarnAboutKeysFor(ServerKind other, ServerEntry entry)
    {
        var present = other == ServerKind.Remote ? "command" : "url";
        foreach (var key in FileKey.Of(typeof(ServerEntry)).Where(key => key.Rules.Only == other && entry.Has(key.Name)))
            findings.Warn(entry.PathOf(key.Name), $"has no effect together with {present}");
    }

    private static ServerConfig WithLimits(ServerConfig defaults, ServerEntry entry) => defaults with
    {
        StartTimeout = entry.StartTimeout ?? defaults.StartTimeout,
        RequestTimeout = entry.RequestTimeout ?? defaults.RequestTimeout,
        RequestMaximum = entry.RequestMaximum ?? defaults.RequestMaximum,
        IdleTimeout = entry.IdleTimeout ?? defaults.IdleTimeout,
        MaxProcesses = entry.MaxProcesses ?? defaults.MaxProcesses,
        Warm = entry.Warm ?? defaults.Warm,
        MaxSessions = entry.MaxSessions ?? defaults.MaxSessions,
        MaxSessionsPerUser = entry.MaxSessionsPerUser ?? defaults.MaxSessionsPerUser,
        OnExit = entry.OnExit is "terminate" ? OnExit.Terminate : defaults.OnExit,
        HibernateAfter = entry.HibernateAfter ?? defaults.HibernateAfter,
        MaxMemory = entry.MaxMemoryMiB * 1024L * 1024L ?? defaults.MaxMemory,
    };
}
