using McpGateway.Backends.Stdio;
using McpGateway.Backends.Stdio.Sharing;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using McpGateway.Tests.Backends.Stdio;
using McpGateway.Tests.JsonRpc;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace McpGateway.Tests.Sessions;

/// <summary>The sessions' parts over a fake child, and a client to play.</summary>
internal sealed class SessionsFixture : IDisposable
{
    public static readonly SessionOwner Alice = new("issuer", "alice");
    public static readonly SessionOwner Bob = new("issuer", "bob");

    private readonly ServersFixture _servers;

    /// <param name="starts">Children that may be starting at a time; so many by default that none waits.</param>
    public SessionsFixture(int starts = 1000)
    {
        _servers = new ServersFixture(starts: starts);
        Context = new SessionContext(Budget, Recorder.Metrics, Time, NullLoggerFactory.Instance);
        Children = new ChildManager(Supervision, NullLogger<ChildManager>.Instance);
    }

    public SessionContext Context { get; }

    public SupervisionContext Supervision => _servers.Supervision;

    public ChildManager Children { get; }

    public FakeLauncher Launcher => _servers.Launcher;

    public ManualTimeProvider Time => _servers.Time;

    public MetricsRecorder Recorder => _servers.Recorder;

    public QueueBudget Budget => _servers.Budget;

    public ResponseStream Post() => ResponseStream.ForAnswers(Budget, Time);

    public SessionManager Manager(LimitsOptions? limits = null) =>
        new(Context, new StdioSessions(Children, _servers.Warm, null!),
            Options.Create(limits ?? new LimitsOptions()), NullLogger<SessionManager>.Instance);

    public void Dispose() => _servers.Dispose();

    /// <summary>What comes next on a stream; null at its end.</summary>
    public static async Task<string?> ReadAsync(ResponseStream stream)
    {
        while (await stream.WaitToReadAsync().Soon())
        {
            if (stream.TryRead(out var message))
            {
                using (message)
                    return Json.Written(message);
            }

            if (stream.TakeKeepAlive())
                return "keep-alive";
        }

        return null;
    }
}
