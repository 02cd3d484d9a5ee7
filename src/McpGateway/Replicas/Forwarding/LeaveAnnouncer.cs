namespace McpGateway.Replicas.Forwarding;

/// <summary>
/// Tells peers that this replica leaves. Those whose streams run through it are told first, and end them in order: only the
/// owner of a session knows when nothing is in flight on its stream. All are told when no session is left here.
/// </summary>
internal sealed partial class LeaveAnnouncer(
    ReplicaTable replicas, ForwardingSignature signature, ForwardedStreams streams, ILogger<LeaveAnnouncer> log) : IDisposable
{
    // The gateway's stop waits for the announcements. A peer that does not answer must not use up Drain:Timeout.
    private static readonly TimeSpan AnnounceTimeout = TimeSpan.FromSeconds(2);

    private readonly HttpClient _client = new(CreateHandler()) { Timeout = AnnounceTimeout };

    /// <summary>Asks the owners of forwarded streams to end them.</summary>
    public Task AnnounceLeaveAsync() =>
        Task.WhenAll(streams.Owners.Select(owner => AnnounceAsync(owner, PeerForwardingMiddleware.LeavePath)));

    /// <summary>Tells all peers that no session is left here.</summary>
    public Task AnnounceLeftAsync() =>
        Task.WhenAll(replicas.Members.Keys.Where(name => name != replicas.Self)
            .Select(name => AnnounceAsync(name, PeerForwardingMiddleware.LeftPath)));

    public void Dispose() => _client.Dispose();

    // Peers are in the same network: a proxy from the environment must not come in between.
    private static SocketsHttpHandler CreateHandler() =>
        new() { UseProxy = false, ConnectTimeout = PeerHttpClient.ConnectTimeout };

    private async Task AnnounceAsync(string replica, string path)
    {
        if (replicas.Find(replica) is not { } url)
            return;
        var announcement = new ForwardedRequest(replicas.Self, replica, HttpMethods.Post, path, url.Scheme, url.Authority, null);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, path));
        request.Headers.TryAddWithoutValidation(ForwardingSignature.Header, signature.Sign(announcement));
        try
        {
            // The status is not checked: a peer that does not accept the announcement notices the end of the streams by itself.
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
