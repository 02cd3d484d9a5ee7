using McpGateway.Diagnostics;
using McpGateway.Sessions.Queues;

namespace McpGateway.Sessions;

/// <summary>What every session needs of the gateway.</summary>
internal sealed record SessionContext(QueueBudget Budget, GatewayMetrics Metrics, TimeProvider Time, ILoggerFactory Loggers)
{
    /// <summary>This replica's name, with which its sessions' ids begin; null where there are no others.</summary>
    public string? Replica { get; init; }
}
