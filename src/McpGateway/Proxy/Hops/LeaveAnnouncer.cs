using McpGateway.Configuration;
using McpGateway.Replicas;
using Microsoft.Extensions.Options;

namespace McpGateway.Proxy.Hops;

/// <summary>
/// Tells the replicas whose streams pass through this one that it leaves, so that they end them in order: only they know when
/// nothing is on its way on one.
/// </summary>
internal sealed partial class LeaveAnnouncer(
    ReplicaTable replicas, HopSignature signature, PassingStreams passing, ILogger<LeaveAnnouncer> log) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = HopClient.ConnectTimeout })
    {
        Timeout = Patience,
    };

    public Task AnnounceAsync() => Task.WhenAll(passing.Owners.Select(AnnounceAsync));

    public void Dispose() => _client.Dispose();

    private async Task AnnounceAsync(string owner)
    {
        if (replicas.Find(owner) is not { } url)
            return;
        var hop = new ReplicaHop(replicas.Self, owner, HttpMethods.Post, HopMiddleware.LeavePath, url.Scheme, url.Authority, null);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, HopMiddleware.LeavePath));
        request.Headers.TryAddWithoutValidation(HopSignature.Header, signature.Sign(hop));
        try
        {
            using var response = await _client.SendAsync(request);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            Log.Failed(log, owner, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Replica} could not be told that this replica leaves; its streams will be cut: {Reason}",
            EventName = "LeaveNotAnnounced")]
        public static partial void Failed(ILogger log, string replica, string reason);
    }
}
