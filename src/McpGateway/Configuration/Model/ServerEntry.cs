using System.ComponentModel;
using System.Text.Json;

namespace McpGateway.Configuration.Model;

/// <summary>One server in gateway.json. After reading, the variables in its strings are expanded.</summary>
[Description("A server: either a command to start on this machine, or the url of a remote server.")]
internal sealed class ServerEntry : FileObject
{
    [FileKey(Only = ServerKind.Stdio)]
    [Description("The program to start: a path, or a name to find on PATH. It is never passed to a shell.")]
    public string? Command { get; init; }

    [FileKey(Only = ServerKind.Stdio)]
    [Description("Arguments of the program.")]
    public IReadOnlyList<string>? Args { get; init; }

    [FileKey(Only = ServerKind.Stdio)]
    [Description("Environment variables of the program. They win over envFile.")]
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    [FileKey(Only = ServerKind.Stdio)]
    [Description("A file of KEY=VALUE lines with further environment variables. "
        + "Relative paths start at the folder of gateway.json.")]
    public string? EnvFile { get; init; }

    [FileKey(Only = ServerKind.Stdio)]
    [Description("The working directory of the program. Relative paths start at the folder of gateway.json.")]
    public string? Cwd { get; init; }

    [FileKey(Only = ServerKind.Stdio)]
    [Description("true: the program inherits the gateway's whole environment. false (the default): "
        + "only a short list of harmless variables.")]
    public bool? InheritEnvironment { get; init; }

    [FileKey(
        Aliases = ["transport"],
        Choices = ["stdio", "http", "streamable-http", "streamableHttp", "streamable_http", "sse"])]
    [Description("The transport of the server. Default: stdio with command; "
        + "with url, sse if its path ends in /sse, otherwise http.")]
    public string? Type { get; init; }

    [FileKey(Aliases = ["serverUrl"], Only = ServerKind.Remote)]
    [Description("The URL of a remote server: absolute, http or https.")]
    public string? Url { get; init; }

    [FileKey(Only = ServerKind.Remote)]
    [Description("Instead of url: several URLs of the same server. "
        + "New sessions are distributed over them, and each session stays at one.")]
    public IReadOnlyList<string>? Urls { get; init; }

    [FileKey(Only = ServerKind.Remote)]
    [Description("Headers to set on each request to the remote server.")]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    [Description("true: the server is not served, and its other keys are not checked.")]
    public bool? Disabled { get; init; }

    [FileKey(Security = true, Only = ServerKind.Stdio, Choices = ["session", "user", "shared"])]
    [Description("Which sessions share a child process. session (the default): none, each MCP session has its own. user: "
        + "the sessions of one user. shared: all sessions.")]
    public string? Isolation { get; init; }

    [FileKey(Only = ServerKind.Stdio)]
    [Description("How long the program may take from its start until it has answered initialize. Default: 00:01:00.")]
    public TimeSpan? StartTimeout { get; init; }

    [Description("How long a request may go without a response or progress. Default: 00:02:00.")]
    public TimeSpan? RequestTimeout { get; init; }

    [Description("How long a request may take in total, whatever its progress. Default: 01:00:00.")]
    public TimeSpan? RequestMaximum { get; init; }

    [FileKey(Only = ServerKind.Stdio)]
    [Description("How long a session may go without a stream or a message before it is ended. Default: 00:30:00.")]
    public TimeSpan? IdleTimeout { get; init; }

    [FileKey(Only = ServerKind.Stdio, Minimum = 1, Maximum = 10_000)]
    [Description("The maximum number of child processes of this server. Default: 64.")]
    public int? MaxProcesses { get; init; }

    [FileKey(Only = ServerKind.Stdio, Minimum = 0, Maximum = 1000)]
    [Description("Child processes to start in advance for future sessions. They count towards maxProcesses. Default: 0.")]
    public int? Warm { get; init; }

    [FileKey(Only = ServerKind.Stdio, Minimum = 1, Maximum = 1_000_000)]
    [Description("The maximum number of open sessions of this server. Default: only Limits:Sessions applies.")]
    public int? MaxSessions { get; init; }

    [FileKey(Only = ServerKind.Stdio, Minimum = 1, Maximum = 1_000_000)]
    [Description("The maximum number of open sessions of one user with this server. Default: "
        + "only Limits:SessionsPerUser applies.")]
    public int? MaxSessionsPerUser { get; init; }

    [FileKey(Only = ServerKind.Stdio, Choices = ["revive", "terminate"])]
    [Description("What happens to a session whose child process has ended. revive (the default): "
        + "its next message starts a new one. terminate: the session ends too.")]
    public string? OnExit { get; init; }

    [FileKey(Only = ServerKind.Stdio)]
    [Description("How long a session may go without a message before its child process is stopped. "
        + "The next message starts a new one. Default: never stopped.")]
    public TimeSpan? HibernateAfter { get; init; }

    [FileKey(Only = ServerKind.Stdio, Minimum = 1, Maximum = 1_048_576)]
    [Description("Memory in MiB that a child process and its descendants may use together. Above it they are killed. "
        + "Linux only.")]
    public int? MaxMemoryMiB { get; init; }

    [FileKey(Security = true)]
    [Description("Which authenticated callers may use the server.")]
    public AuthEntry? Auth { get; init; }

    [FileKey(Security = true)]
    [Description("Which tools, prompts and resources may be used. "
        + "With any rule here, items that the server has not listed are refused.")]
    public ToolsEntry? Tools { get; init; }

    [FileKey(Security = true)]
    [Description("Which web pages may call the server.")]
    public CorsEntry? Cors { get; init; }

    [FileKey(Security = true)]
    [Description("Limits for one user of the server.")]
    public RateLimitEntry? RateLimit { get; init; }
}
