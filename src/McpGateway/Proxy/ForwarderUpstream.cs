using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using McpGateway.Backends.Remote;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace McpGateway.Proxy;

/// <summary>The rest of YARP's pipeline as the way to a remote server: passive health checks and the forwarder.</summary>
/// <param name="context">The client's request.</param>
/// <param name="next">The rest of the pipeline.</param>
/// <param name="isPinned">Whether only one address can answer it, for it is in a session.</param>
internal sealed class ForwarderUpstream(HttpContext context, RequestDelegate next, bool isPinned) : IUpstream
{
    // Copies of clusters, with all their settings except YARP's time-out.
    // Weak, so that the copy goes with YARP's own model, which every reload replaces.
    private static readonly ConditionalWeakTable<ClusterModel, ClusterModel> WithoutTimeouts = [];

    private readonly IReverseProxyFeature _proxy = context.GetReverseProxyFeature();
    private readonly List<DestinationState> _tried = [];

    public UpstreamLink? Link => _proxy.AvailableDestinations is [var destination, ..]
        ? new UpstreamLink(_proxy.Cluster.HttpClient, AddressOf(destination))
        : null;

    public async Task<UpstreamFailure> ForwardAsync(RemoteExchange exchange)
    {
        var received = new Received();
        context.Features.Set(received);
        context.Features.Set(exchange);
        // A stream for what belongs to no call may be silent for hours. YARP's time-out would end it.
        if (exchange.IsStream && _proxy is ReverseProxyFeature feature)
            feature.Cluster = WithoutTimeouts.GetValue(feature.Cluster, WithoutTimeout);
        // Before the first try: the forwarder clears the response when it fails, and what the checks have set would be lost.
        var headers = context.Response.Headers.ToArray();
        while (_proxy.AvailableDestinations is [var destination, ..])
        {
            // One at a time, or the forwarder picks one at random and it is not known which was tried.
            _proxy.AvailableDestinations = destination;
            _tried.Add(destination);
            // Or the failure of the last try would be read as that of the next one.
            context.Features.Set<IForwarderErrorFeature>(null);
            // Anew for each try: the one before may have read some of it.
            SetBody(exchange.Body);
            await next(context);
            // Thrown here, outside the forwarder: the exchange fails as it would have without YARP in between.
            received.Failure?.Throw();
            if (received.IsAnswered)
                return UpstreamFailure.None;
            // Before another address is tried: nobody waits for it any more.
            context.RequestAborted.ThrowIfCancellationRequested();
            Restore(headers);
            // Without a connection the server cannot have seen the request, so it may be sent again to another address.
            var others = IsRefused(context) ? Others() : [];
            if (others.Count == 0)
                return FailureOf(context.GetForwarderErrorFeature());
            // No other address knows the session. Its client is told so, and opens another.
            if (isPinned)
                return UpstreamFailure.SessionLost;
            _proxy.AvailableDestinations = others[0];
        }

        return UpstreamFailure.Unavailable;
    }

    /// <summary>Whether no connection could be made for the request.</summary>
    public static bool IsRefused(HttpContext context) => context.GetForwarderErrorFeature() is
    {
        Error: ForwarderError.Request,
        Exception: HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError,
        },
    };

    /// <summary>Gives the exchange at hand its answer.</summary>
    public static async Task ReceiveAsync(HttpContext context, HttpResponseMessage response)
    {
        var received = context.Features.GetRequiredFeature<Received>();
        received.IsAnswered = true;
        try
        {
            var destination = context.GetReverseProxyFeature().ProxiedDestination!;
            await context.Features.GetRequiredFeature<RemoteExchange>().Receive(response, AddressOf(destination));
        }
        catch (Exception exception)
        {
            // The forwarder would answer an exception with a status of its own, though this response may have started.
            received.Failure = ExceptionDispatchInfo.Capture(exception);
        }
    }

    private static UpstreamFailure FailureOf(IForwarderErrorFeature? failed) => failed?.Error switch
    {
        ForwarderError.RequestTimedOut => UpstreamFailure.TimedOut,
        ForwarderError.NoAvailableDestinations => UpstreamFailure.Unavailable,
        ForwarderError.Request => UpstreamFailure.Unreachable,
        _ => UpstreamFailure.Broken,
    };

    private static ClusterModel WithoutTimeout(ClusterModel cluster) => new(
        cluster.Config with
        {
            HttpRequest = (cluster.Config.HttpRequest ?? ForwarderRequestConfig.Empty) with
            {
                ActivityTimeout = Timeout.InfiniteTimeSpan,
            },
        },
        cluster.HttpClient);

    private static UpstreamAddress AddressOf(DestinationState destination) =>
        new(destination.DestinationId, new Uri(destination.Model.Config.Address));

    private List<DestinationState> Others() => [.. _proxy.Route.Cluster!.DestinationsState.AvailableDestinations.Except(_tried)];

    // The forwarder has cleared the response, and left a status for an answer that is not written yet.
    private void Restore(KeyValuePair<string, StringValues>[] headers)
    {
        context.Response.Clear();
        foreach (var (name, value) in headers)
            context.Response.Headers[name] = value;
    }

    private void SetBody(byte[]? body)
    {
        context.Request.Body = body is null ? Stream.Null : new MemoryStream(body, writable: false);
        context.Request.ContentLength = body?.Length;
        // The forwarder decides by this, and not by the length, whether there is a body to send.
        context.Features.Set<IHttpRequestBodyDetectionFeature>(new BodyDetection(body is not null));
    }

    private sealed record BodyDetection(bool CanHaveBody) : IHttpRequestBodyDetectionFeature;

    /// <summary>What has become of the exchange.</summary>
    private sealed class Received
    {
        public bool IsAnswered { get; set; }

        public ExceptionDispatchInfo? Failure { get; set; }
    }
}
