using McpGateway.Backends.Stdio.Launching;
using McpGateway.Diagnostics;
using McpGateway.Sessions.Queues;

namespace McpGateway.Backends.Stdio.Connection;

/// <summary>The gateway's parts that every child's connection uses.</summary>
/// <param name="MaxMessageBytes">The longest message that a child may send (Limits:MessageBytes).</param>
internal sealed record ChildContext(
    IChildLauncher Launcher,
    QueueBudget Budget,
    GatewayMetrics Metrics,
    TimeProvider Time,
    ILoggerFactory Loggers,
    int MaxMessageBytes);
