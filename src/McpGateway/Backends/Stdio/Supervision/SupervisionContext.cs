using McpGateway.Diagnostics;
using McpGateway.Sessions.Queues;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>What everything that keeps children running needs of the gateway.</summary>
internal sealed record SupervisionContext(
    ChildStarter Starter, StartGate Gate, WarmChildren Warm, QueueBudget Budget, GatewayMetrics Metrics, TimeProvider Time, ILoggerFactory Loggers);
