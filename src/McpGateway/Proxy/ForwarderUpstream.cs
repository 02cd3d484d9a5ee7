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
    // With the cluster's settings, but for the time that an answer may take to begin.
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
        if (exchange.IsStream && _proxy is ReverseProxyFeature feature)
            feature.Cluster = WithoutTimeouts.GetValue(feature.Cluster, WithoutTimeout);
        var headers = context.Response.Headers.ToArray();
        while (_proxy.AvailableDestinations is [var destination, ..])
        {
            _proxy.AvailableDestinations = destination;
            _tried.Add(destination);
            context.Features.Set<IForwarderErrorFeature>(null);
            SetBody(exchange.Body);
            await next(context);
            received.Failure?.Throw();
            if (received.IsAnswered)
                return UpstreamFailure.None;
            context.RequestAborted.ThrowIfCancellationRequested();
            Restore(headers);
            // A connection that was not made has brought nothing to the server: another address may get the request.
            var others = IsRefused(context) ? Others() : [];
            if (others.Count == 0)
                return FailureOf(context.GetForwarderErrorFeature());
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
            // Through the forwarder it would become an answer of its own, in the midst of this one.
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
