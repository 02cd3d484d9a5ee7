using McpGateway.Configuration;
using McpGateway.Diagnostics;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using Microsoft.Extensions.Options;

namespace McpGateway.Backends.Remote;

/// <summary>What every relay from a remote server needs of the gateway.</summary>
internal sealed record RemoteContext(
    GatewayConfigProvider Config, IOptions<LimitsOptions> Limits, SessionSeal Seal, RemoteListedItems ListedItems,
    RemoteDrain Drain, UpstreamReports Reports, OpenRelays Relays, QueueBudget Budget, GatewayMetrics Metrics, TimeProvider Time)
{
    /// <summary>The largest message that is taken, in bytes.</summary>
    public int MessageBytes => Limits.Value.MessageBytes;

    /// <summary>A stream for the answers to one POST. It is held open until its writer releases it.</summary>
    public ResponseStream StreamForAnswers()
    {
        var stream = ResponseStream.ForAnswers(Budget, Time);
        stream.Await();
        return stream;
    }
}
