using McpGateway.Diagnostics;
using McpGateway.Sessions.Queues;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>What every child's supervisor needs of the gateway.</summary>
internal sealed record SupervisionContext(
    ChildStarter Starter,
    StartGate Gate,
    WarmChildren Warm,
    ProcessSlots Slots,
    QueueBudget Budget,
    GatewayMetrics Metrics,
    TimeProvider Time,
    ILoggerFactory Loggers);
