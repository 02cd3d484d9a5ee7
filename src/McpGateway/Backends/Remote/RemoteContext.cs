using McpGateway.Configuration;
using McpGateway.Diagnostics;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using Microsoft.Extensions.Options;

namespace McpGateway.Backends.Remote;

/// <summary>The gateway's parts that every request to a remote server uses.</summary>
internal sealed record RemoteContext(
    GatewayConfigProvider Config, IOptions<LimitsOptions> Limits, SessionSeal Seal, RemoteListedItems ListedItems,
    RemoteDrain Drain, UpstreamReports Reports, OpenRelays Relays, QueueBudget Budget, GatewayMetrics Metrics, TimeProvider Time)
{
    /// <summary>The largest message that is accepted from a server, in bytes.</summary>
    public int MessageBytes => Limits.Value.MessageBytes;

    /// <summary>A stream for the answers to one POST. It stays open until its writer ends it.</summary>
    public ResponseStream StreamForAnswers()
    {
        var stream = ResponseStream.ForAnswers(Budget, Time);
        stream.Await(); // never released: otherwise the stream would end as soon as no answer is outstanding
        return stream;
    }
}
