using McpGateway.Diagnostics;
using McpGateway.Servers;

namespace McpGateway.Sessions;

/// <summary>What every session needs of the gateway.</summary>
public sealed record RelayContext(
    ChildStarter Starter, QueueBudget Budget, GatewayMetrics Metrics, TimeProvider Time, ILoggerFactory Loggers);
