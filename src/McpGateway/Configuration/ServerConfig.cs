namespace McpGateway.Configuration;

/// <summary>One server of gateway.json, with variables expanded and defaults filled in.</summary>
internal sealed record ServerConfig
{
    /// <summary>The first segment of the server's routes: <c>^[a-z0-9][a-z0-9_-]{0,62}$</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The program to start or the URL to call. A change ends the server's sessions.</summary>
    public required ServerTarget Target { get; init; }

    /// <summary>Who may use the server. A change applies from the next message on.</summary>
    public ServerAuthConfig Auth { get; init; } = new();

    /// <summary>
    /// Which of its tools, prompts and resources may be used; null: all. A change applies from the next message on.
    /// </summary>
    public ServerToolsConfig? Tools { get; init; }

    /// <summary>
    /// Origins whose pages may call the server, in addition to those of the gateway. <c>*</c> means all, and counts only where
    /// callers must authenticate. A change applies from the next request on.
    /// </summary>
    public EquatableList<string> Origins { get; init; } = EquatableList<string>.Empty;

    /// <summary>Limits for one client. A change applies from the next message on.</summary>
    public RateLimitConfig RateLimit { get; init; } = RateLimitConfig.None;

    /// <summary>How long a child may take from its start until it has answered <c>initialize</c>.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a request may go without a response or progress.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a request may take in total, whatever its progress.</summary>
    public TimeSpan RequestMaximum { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a session may go without a stream or a message before it is ended.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The maximum number of children of this server.</summary>
    public int MaxProcesses { get; init; } = 64;

    /// <summary>Children started in advance for future sessions. They count towards <see cref="MaxProcesses"/>.</summary>
    public int Warm { get; init; }

    /// <summary>The maximum number of open sessions.</summary>
    public int MaxSessions { get; init; } = int.MaxValue;

    /// <summary>The maximum number of open sessions of one user.</summary>
    public int MaxSessionsPerUser { get; init; } = int.MaxValue;

    /// <summary>What happens to a session whose child has ended.</summary>
    public OnExit OnExit { get; init; }

    /// <summary>
    /// How long a child may go without a message before it is stopped, while its session stays open; null: never stopped.
    /// </summary>
    public TimeSpan? HibernateAfter { get; init; }

    /// <summary>The maximum memory, in bytes, that a child and its descendants may use together; null: no limit.</summary>
    public long? MaxMemory { get; init; }
}
