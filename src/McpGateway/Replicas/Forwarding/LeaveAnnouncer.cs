using McpGateway.Cli.DemoServer;
using Microsoft.Extensions.Options;

namespace McpGateway.Replicas.Forwarding;

/// <summary>
/// Tells the others that this replica leaves: those whose streams pass through it, so that they end them in order (only they
/// know when nothing is on its way on one), and all when it has no session any more.
/// </summary>
internal sealed partial class LeaveAnnouncer(
    ReplicaTable replicas, ForwardingSignature signature, ForwardedStreams passing, ILogger<LeaveAnnouncer> log) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = PeerHttpClient.ConnectTimeout })
    {
        Timeout = Patience,
    };

    /// <summary>Asks for the end of the streams that pass through.</summary>
    public Task AnnounceLeaveAsync() => Task.WhenAll(passing.Owners.Select(owner => AnnounceAsync(owner, PeerForwardingMiddleware.LeavePath)));

    /// <summary>Says that no session is left here.</summary>
    public Task AnnounceLeftAsync() => Task.WhenAll(replicas.Members.Keys.Where(name => name != replicas.Self)
        .Select(name => AnnounceAsync(name, PeerForwardingMiddleware.LeftPath)));

    public void Dispose() => _client.Dispose();

    private async Task AnnounceAsync(string replica, string path)
    {
        if (replicas.Find(replica) is not { } url)
            return;
        var hop = new ForwardedRequest(replicas.Self, replica, HttpMethods.Post, path, url.Scheme, url.Authority, null);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, path));
        request.Headers.TryAddWithoutValidation(ForwardingSignature.Header, signature.Sign(hop));
        try
        {
            using var response = await _client.SendAsync(request);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            Log.Failed(log, replica, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Replica} could not be told that this replica leaves: {Reason}",
            EventName = "LeaveNotAnnounced")]
        public static partial void Failed(ILogger log, string replica, string reason);
    }
}
