namespace McpGateway.Configuration;

/// <summary>One server of gateway.json, expanded and with its defaults filled in.</summary>
public sealed record ServerConfig
{
    /// <summary>First segment of the server's routes: <c>^[a-z0-9][a-z0-9_-]{0,62}$</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What is started for it, or where it is reached. Changing it ends the server's sessions.</summary>
    public required ServerTarget Target { get; init; }

    /// <summary>Who may use it. A change holds from the next message on.</summary>
    public ServerAuthConfig Auth { get; init; } = new();

    /// <summary>What of it may be used; null: all. A change holds from the next message on.</summary>
    public ServerToolsConfig? Tools { get; init; }

    /// <summary>
    /// Origins whose pages may call it, besides those of the gateway; <c>*</c>: all, where callers must authenticate. A change
    /// holds from the next request on.
    /// </summary>
    public EquatableList<string> Origins { get; init; } = EquatableList<string>.Empty;

    /// <summary>What one client may use of it. A change holds from the next message on.</summary>
    public RateLimitConfig RateLimit { get; init; } = RateLimitConfig.None;

    /// <summary>From the start of a child until it has answered <c>initialize</c>.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A request's time without an answer or progress.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A request's time in all, whatever its progress.</summary>
    public TimeSpan RequestMaximum { get; init; } = TimeSpan.FromHours(1);

    /// <summary>A session's time without a stream or a message before it is ended.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Children of this server at a time.</summary>
    public int MaxProcesses { get; init; } = 64;

    /// <summary>Children kept started for sessions to come, among <see cref="MaxProcesses"/>.</summary>
    public int Warm { get; init; }

    /// <summary>Sessions at a time.</summary>
    public int MaxSessions { get; init; } = int.MaxValue;

    /// <summary>Sessions of one user at a time.</summary>
    public int MaxSessionsPerUser { get; init; } = int.MaxValue;

    /// <summary>What becomes of a session whose child has ended.</summary>
    public OnExit OnExit { get; init; }

    /// <summary>A child's time without a message before it is stopped and its session waits without one; null: never.</summary>
    public TimeSpan? HibernateAfter { get; init; }

    /// <summary>Bytes of memory that a child and its descendants may take together; null: any number.</summary>
    public long? MaxMemory { get; init; }
}
