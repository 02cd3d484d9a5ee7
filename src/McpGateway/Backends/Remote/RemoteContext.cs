using McpGateway.Configuration;
using McpGateway.Diagnostics;
using Microsoft.Extensions.Options;

namespace McpGateway.Backends.Remote;

/// <summary>What every relay from a remote server needs of the gateway.</summary>
internal sealed record RemoteContext(
    GatewayConfigProvider Config, IOptions<LimitsOptions> Limits, SessionSeal Seal, RemoteListedItems ListedItems, RemoteDrain Drain,
    UpstreamReports Reports, GatewayMetrics Metrics, TimeProvider Time)
{
    /// <summary>The largest message that is taken, in bytes.</summary>
    public int MessageBytes => Limits.Value.MessageBytes;
}
