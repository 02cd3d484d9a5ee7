using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpGateway.Tests.Backends.Stdio;

/// <summary>The parts below the sessions, with children, clock and instruments that the test holds.</summary>
internal sealed class ServersFixture : IDisposable
{
    /// <param name="maxMessageBytes">The longest line that a child may print.</param>
    /// <param name="starts">Children that may be starting at a time; so many by default that none waits.</param>
    public ServersFixture(int maxMessageBytes = 1024 * 1024, int starts = 1000)
    {
        Services = new ChildContext(Launcher, Budget, Recorder.Metrics, Time, NullLoggerFactory.Instance, maxMessageBytes);
        Starter = new ChildStarter(Services);
        Calls = new CallRegistry("one", isShared: false, Time, Recorder.Metrics);
        Gate = new StartGate(starts, Time);
        Warm = new WarmChildren(Starter, Gate, NullLogger<WarmChildren>.Instance);
        Supervision = new SupervisionContext(
            Starter, Gate, Warm, new ProcessSlots(Warm), Budget, Recorder.Metrics, Time, NullLoggerFactory.Instance);
    }

    public FakeLauncher Launcher { get; } = new();

    public QueueBudget Budget { get; } = new(long.MaxValue);

    public MetricsRecorder Recorder { get; } = new();

    public ManualTimeProvider Time { get; } = new();

    public ChildContext Services { get; }

    public ChildStarter Starter { get; }

    /// <summary>For calls to a child that is not a session's.</summary>
    public CallRegistry Calls { get; }

    public StartGate Gate { get; }

    public WarmChildren Warm { get; }

    public SupervisionContext Supervision { get; }

    /// <summary>A stdio server whose program exists, though it is never started.</summary>
    public static ServerConfig Config(string name = "one") =>
        new() { Name = name, Target = new StdioTarget { Command = Environment.ProcessPath! } };

    public void Dispose() => Recorder.Dispose();
}
