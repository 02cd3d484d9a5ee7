namespace McpGateway.Replicas.Forwarding;

/// <summary>
/// Tells peers that this replica is here, and that it leaves. Those whose streams run through it are told first, and end them
/// in order: only the owner of a session knows when nothing is in flight on its stream. All are told when no session is left.
/// </summary>
internal sealed partial class PeerAnnouncer(
    ReplicaTable replicas, ForwardingSignature signature, ForwardedStreams streams, ILogger<PeerAnnouncer> log)
    : IHostedLifecycleService, IDisposable
{
    // The gateway's start and stop wait for the announcements: a peer that does not answer must not use up Drain:Timeout.
    private static readonly TimeSpan AnnounceTimeout = TimeSpan.FromSeconds(2);

    private readonly HttpClient _client = new(CreateHandler()) { Timeout = AnnounceTimeout };

    /// <summary>Asks the owners of forwarded streams to end them.</summary>
    public Task AnnounceLeaveAsync() =>
        Task.WhenAll(streams.Owners.Select(owner => AnnounceAsync(owner, PeerForwardingMiddleware.LeavePath)));

    /// <summary>Tells all peers that no session is left here.</summary>
    public Task AnnounceLeftAsync() => AnnounceToAllAsync(PeerForwardingMiddleware.LeftPath);

    // Only now, with the listeners open. A replica that was restarted may still count as left, and its new sessions as gone.
    public Task StartedAsync(CancellationToken cancellationToken) =>
        replicas.IsConfigured ? AnnounceToAllAsync(PeerForwardingMiddleware.StartedPath) : Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _client.Dispose();

    // Peers are in the same network: a proxy from the environment must not come in between.
    private static SocketsHttpHandler CreateHandler() =>
        new() { UseProxy = false, ConnectTimeout = PeerHttpClient.ConnectTimeout };

    private Task AnnounceToAllAsync(string path) =>
        Task.WhenAll(replicas.Members.Keys.Where(name => name != replicas.Self).Select(name => AnnounceAsync(name, path)));

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
            // At a start the peer may just not be there yet; it has nothing wrong to forget then.
            Log.Failed(log, path == PeerForwardingMiddleware.StartedPath ? LogLevel.Debug : LogLevel.Warning,
                path, replica, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "NotAnnounced", Message = "{Path} could not be announced to {Replica}: {Reason}")]
        public static partial void Failed(ILogger log, LogLevel level, string path, string replica, string reason);
    }
}
