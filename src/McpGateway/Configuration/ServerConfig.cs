using McpGateway.Cli.DemoServer;
using McpGateway.Sessions;

namespace McpGateway.Configuration;

/// <summary>One server of gateway.json, expanded and with its defaults filled in.</summary>
internal sealed record ServerConfig
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

/// <summary>The key <c>auth</c> of a server.</summary>
internal sealed record ServerAuthConfig
{
    /// <summary>What a caller must have been granted, all of it. Empty: whoever is authenticated may use the server.</summary>
    public EquatableList<string> Scopes { get; init; } = EquatableList<string>.Empty;

    /// <summary>By the claim's name, the values of which a caller must have at least one. All claims count.</summary>
    public EquatableMap<EquatableList<string>> Claims { get; init; } = EquatableMap<EquatableList<string>>.Empty;
}

/// <summary>Where a server's messages go: a child process or a remote URL.</summary>
internal abstract record ServerTarget;

/// <summary>A server started here as a child process that speaks MCP on its standard input and output.</summary>
internal sealed record StdioTarget : ServerTarget
{
    /// <summary>A program's path, or a name looked up on the child's PATH. Never given to a shell.</summary>
    public required string Command { get; init; }

    public EquatableList<string> Arguments { get; init; } = EquatableList<string>.Empty;

    /// <summary>Variables from <c>envFile</c> and <c>env</c>, the latter winning. Values are secrets, and may have placeholders (<see cref="UserText"/>).</summary>
    public EquatableMap<string> Environment { get; init; } = EquatableMap<string>.Empty;

    /// <summary>Whether a user's own values are part of it (<see cref="UserText"/>), so that no two users may share a child.</summary>
    public bool IsPersonal => Environment.Values.Any(UserText.HasPlaceholder);

    /// <summary>What must not be seen in what the child prints: the variables' values, and what <c>${…}</c> put in elsewhere.</summary>
    public EquatableList<string> Secrets { get; init; } = EquatableList<string>.Empty;

    /// <summary>Who shares its children.</summary>
    public Isolation Isolation { get; init; }

    /// <summary>True: the child sees the gateway's whole environment; false: only a short safe list of it.</summary>
    public bool InheritEnvironment { get; init; }

    /// <summary>Absolute; null: the gateway's own working directory.</summary>
    public string? WorkingDirectory { get; init; }
}

/// <summary>Who shares a server's child process (docs/isolation.md).</summary>
public enum Isolation
{
    /// <summary>Nobody: each MCP session has its own.</summary>
    Session,

    /// <summary>The sessions of one user that declare the same client capabilities.</summary>
    User,

    /// <summary>All sessions. The child cannot ask clients anything.</summary>
    Shared,
}

/// <summary>What becomes of a session whose child has ended (docs/processes.md).</summary>
public enum OnExit
{
    /// <summary>The session's next message starts a new child, which is told what the old one knew.</summary>
    Revive,

    /// <summary>The session ends too.</summary>
    Terminate,
}

/// <summary>A remote MCP server.</summary>
internal sealed record RemoteTarget : ServerTarget
{
    public required Uri Url { get; init; }

    /// <summary>Other addresses of the same server, each as good as <see cref="Url"/>.</summary>
    public EquatableList<Uri> OtherUrls { get; init; } = EquatableList<Uri>.Empty;

    public required RemoteTransport Transport { get; init; }

    /// <summary>Headers set on each request to it. Values are secrets, and may have placeholders (<see cref="UserText"/>).</summary>
    public EquatableMap<string> Headers { get; init; } = EquatableMap<string>.Empty;

    /// <summary>All of its addresses.</summary>
    public IEnumerable<Uri> Urls => [Url, .. OtherUrls];
}

/// <summary>How a remote server speaks HTTP.</summary>
public enum RemoteTransport
{
    /// <summary>Streamable HTTP (2025-03-26 and later).</summary>
    StreamableHttp,

    /// <summary>HTTP+SSE (2024-11-05).</summary>
    Sse,
}
