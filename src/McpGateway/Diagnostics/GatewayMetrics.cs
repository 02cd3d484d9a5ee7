using System.Diagnostics.Metrics;

namespace McpGateway.Diagnostics;

/// <summary>
/// The gateway's own instruments, on the meter <c>McpGateway</c>. Tags are names and reasons, never ids or bodies.
/// </summary>
// Names and units follow https://opentelemetry.io/docs/specs/semconv/general/metrics/: no unit in the name, and counted things in
// braces. The set of tag values must stay small, since a monitoring system stores one series per combination.
internal sealed class GatewayMetrics
{
    public const string MeterName = "McpGateway";

    private readonly Counter<long> _childrenStarted;
    private readonly Counter<long> _childrenLost;
    private readonly UpDownCounter<long> _children;
    private readonly UpDownCounter<long> _sessions;
    private readonly Counter<long> _calls;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _noise;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _childrenStarted = meter.CreateCounter<long>("mcpgateway.children.started", "{process}", "Child processes started.");
        _childrenLost = meter.CreateCounter<long>(
            "mcpgateway.children.lost", "{process}", "Child processes that ended unexpectedly.");
        _children = meter.CreateUpDownCounter<long>("mcpgateway.children", "{process}", "Running child processes.");
        _sessions = meter.CreateUpDownCounter<long>("mcpgateway.sessions", "{session}", "Open MCP sessions.");
        _calls = meter.CreateCounter<long>("mcpgateway.calls", "{call}", "Requests that were relayed to a child process.");
        _dropped = meter.CreateCounter<long>(
            "mcpgateway.messages.dropped", "{message}", "Messages that were dropped because nobody could receive them.");
        _noise = meter.CreateCounter<long>(
            "mcpgateway.children.noise", "{line}", "Lines on a child's stdout that are not messages.");
    }

    public void ChildStarted(string server)
    {
        _childrenStarted.Add(1, Server(server));
        _children.Add(1, Server(server));
    }

    public void ChildStopped(string server) => _children.Add(-1, Server(server));

    public void ChildLost(string server) => _childrenLost.Add(1, Server(server));

    public void SessionOpened(string server) => _sessions.Add(1, Server(server));

    public void SessionEnded(string server) => _sessions.Add(-1, Server(server));

    public void CallRelayed(string server) => _calls.Add(1, Server(server));

    /// <param name="server">The server's name.</param>
    /// <param name="reason">A constant such as <c>unknown-id</c> or <c>no-stream</c>.</param>
    public void MessageDropped(string server, string reason) => _dropped.Add(1, Server(server), new("reason", reason));

    public void Noise(string server) => _noise.Add(1, Server(server));

    private static KeyValuePair<string, object?> Server(string name) => new("server", name);
}
