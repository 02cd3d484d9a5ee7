using System.ComponentModel;
using System.Text.Json;

namespace McpGateway.Configuration.Model;

/// <summary>One server as it stands in gateway.json. Once read, its strings are expanded.</summary>
[Description("A server: either a command to start here or the url of a remote one.")]
internal sealed class ServerEntry : FileObject
{
    [FileKey(Only = ServerKind.Stdio)]
    [Description("The program to start: a path, or a name looked up on PATH. It is never given to a shell.")]
    public string? Command { get; init; }

    [FileKey(Only = ServerKind.Stdio)]
    [Description("Its arguments.")]
    public IReadOnlyList<string>? Args { get; init; }

    [FileKey(Only = ServerKind.Stdio)]
    [Description("Its environment variables. They win over envFile.")]
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    [FileKey(Only = ServerKind.Stdio)]
    [Description("A file of KEY=VALUE lines with more of them; relative to this file's folder.")]
    public string? EnvFile { get; init; }

    [FileKey(Only = ServerKind.Stdio)]
    [Description("Its working directory; relative to this file's folder.")]
    public string? Cwd { get; init; }

    [FileKey(Only = ServerKind.Stdio)]
    [Description("True: it sees the gateway's whole environment; false (the default): only a short safe list of it.")]
    public bool? InheritEnvironment { get; init; }

    [FileKey(
        Aliases = ["transport"],
        Choices = ["stdio", "http", "streamable-http", "streamableHttp", "streamable_http", "sse"])]
    [Description("How the server is reached. Without it: stdio beside command; beside url, sse for a path ending in /sse, else http.")]
    public string? Type { get; init; }

    [FileKey(Aliases = ["serverUrl"], Only = ServerKind.Remote)]
    [Description("Address of a remote server: absolute, http or https.")]
    public string? Url { get; init; }

    [FileKey(Only = ServerKind.Remote)]
    [Description("Instead of url: several addresses of the same server. New sessions are spread over them, and each stays where it began.")]
    public IReadOnlyList<string>? Urls { get; init; }

    [FileKey(Only = ServerKind.Remote)]
    [Description("Headers set on each request to a remote server.")]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    [Description("True: the server is left out, and its other keys are not looked at.")]
    public bool? Disabled { get; init; }

    [FileKey(Security = true, Only = ServerKind.Stdio, Choices = ["session", "user", "shared"])]
    [Description("Who shares a child process. session (the default): nobody, each MCP session has its own. user: the sessions of one user. shared: all.")]
    public string? Isolation { get; init; }

    [FileKey(Only = ServerKind.Stdio)]
    [Description("Time from its start until it has answered initialize; default 00:01:00.")]
    public TimeSpan? StartTimeout { get; init; }

    [Description("A request's time without an answer or progress; default 00:02:00.")]
    public TimeSpan? RequestTimeout { get; init; }

    [Description("A request's time in all, whatever its progress; default 01:00:00.")]
    public TimeSpan? RequestMaximum { get; init; }

    [FileKey(Only = ServerKind.Stdio)]
    [Description("A session's time without a stream or a message before it is ended; default 00:30:00.")]
    public TimeSpan? IdleTimeout { get; init; }

    [FileKey(Only = ServerKind.Stdio, Minimum = 1, Maximum = 10_000)]
    [Description("Child processes of this server at a time; default 64.")]
    public int? MaxProcesses { get; init; }

    [FileKey(Only = ServerKind.Stdio, Minimum = 0, Maximum = 1000)]
    [Description("Child processes kept started for sessions to come, among maxProcesses; default 0.")]
    public int? Warm { get; init; }

    [FileKey(Only = ServerKind.Stdio, Minimum = 1, Maximum = 1_000_000)]
    [Description("Sessions of this server at a time; default: what Limits:Sessions allows.")]
    public int? MaxSessions { get; init; }

    [FileKey(Only = ServerKind.Stdio, Minimum = 1, Maximum = 1_000_000)]
    [Description("Sessions of one user with this server at a time; default: what Limits:SessionsPerUser allows.")]
    public int? MaxSessionsPerUser { get; init; }

    [FileKey(Only = ServerKind.Stdio, Choices = ["revive", "terminate"])]
    [Description("What becomes of a session whose child has ended. revive (the default): its next message starts a new child. terminate: it ends too.")]
    public string? OnExit { get; init; }

    [FileKey(Only = ServerKind.Stdio)]
    [Description("Time without a message after which a session's child is stopped, to be started again with the next one; default: never.")]
    public TimeSpan? HibernateAfter { get; init; }

    [FileKey(Only = ServerKind.Stdio, Minimum = 1, Maximum = 1_048_576)]
    [Description("MiB of memory that a child process and all that it starts may take together; over it they are killed. Linux only.")]
    public int? MaxMemoryMiB { get; init; }

    [FileKey(Security = true)]
    [Description("Who may use the server, among those who are authenticated.")]
    public AuthEntry? Auth { get; init; }

    [FileKey(Security = true)]
    [Description("Which of its tools, prompts and resources may be used. With any rule here, what the server has not listed is refused.")]
    public ToolsEntry? Tools { get; init; }

    [FileKey(Security = true)]
    [Description("Which web pages may call the server.")]
    public CorsEntry? Cors { get; init; }

    [FileKey(Security = true)]
    [Description("What one user may use of the server.")]
    public RateLimitEntry? RateLimit { get; init; }
}
