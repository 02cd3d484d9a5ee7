using McpGateway.Diagnostics;
using McpGateway.Sessions.Queues;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>The gateway's parts that every child's supervisor uses.</summary>
internal sealed record SupervisionContext(
    ChildStarter Starter,
    StartGate Gate,
    WarmChildren Warm,
    ProcessSlots Slots,
    QueueBudget Budget,
    GatewayMetrics Metrics,
    TimeProvider Time,
    ILoggerFactory Loggers);
