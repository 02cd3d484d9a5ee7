using McpGateway.Http;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace McpGateway.Replicas.Forwarding;

/// <summary>
/// What is changed in a request that is forwarded to a peer: as little as possible, since the peer is to see the client's.
/// </summary>
internal sealed class PeerForwardingTransforms(
    ReplicaTable replicas, ForwardingSignature signature, ForwardedStreams streams) : ITransformProvider
{
    // They come from a proxy in front, or a client pretends so. What this replica believes of them is in the signed header.
    private static readonly string[] Removed =
        ["Forwarded", "X-Real-IP", "Cookie", "Proxy-Authorization", ForwardingSignature.Header];

    private const string RemovedPrefix = "X-Forwarded-";

    public void ValidateRoute(TransformRouteValidationContext context)
    {
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
    }

    public void Apply(TransformBuilderContext context)
    {
        if (context.Cluster?.SessionAffinity?.Policy != ReplicaAffinity.PolicyName)
            return;
        context.UseDefaultForwarders = false;
        context.AddRequestTransform(AdaptRequest);
        context.AddResponseTransform(AdaptResponseAsync);
    }

    private ValueTask AdaptRequest(RequestTransformContext transform)
    {
        var (context, sent) = (transform.HttpContext, transform.ProxyRequest);
        var request = context.Request;
        var to = context.GetReverseProxyFeature().ProxiedDestination!.DestinationId;
        transform.Path = request.PathBase + request.Path; // all replicas have the same base
        foreach (var name in Removed)
            sent.Headers.Remove(name);
        foreach (var (name, _) in sent.Headers.NonValidated.Where(IsForwarded).ToArray())
            sent.Headers.Remove(name);
        var forwarded = new ForwardedRequest(
            replicas.Self, to, request.Method, PeerForwardingMiddleware.TargetOf(request), request.Scheme,
            request.Host.Value ?? string.Empty, context.Connection.RemoteIpAddress);
        sent.Headers.TryAddWithoutValidation(ForwardingSignature.Header, signature.Sign(forwarded));
        sent.Headers.TryAddWithoutValidation("Via", $"1.1 {PeerForwardingMiddleware.PseudonymOf(replicas.Self)}");
        // A request without a session may yet go to another replica: its body stays here until the peer asks for it.
        if (sent.Content is not null && !McpEndpoint.TryFindReplica(context, out _))
        {
            sent.Headers.ExpectContinue = true;
            // .NET sends a short body of known length even after a refusal, to save the connection.
            // Expect100ErrorSendThreshold in https://github.com/dotnet/runtime, HttpConnection.cs
            sent.Content.Headers.ContentLength = null;
            sent.Headers.TransferEncodingChunked = true;
        }

        // The peer sets the same headers; only those of the connection are this replica's own.
        var connection = context.Response.Headers.Connection;
        context.Response.Headers.Clear();
        context.Response.Headers.Connection = connection;
        if (HttpMethods.IsGet(request.Method))
            context.Features.Set(streams.Add(to, context.Abort));
        return ValueTask.CompletedTask;
    }

    private static async ValueTask AdaptResponseAsync(ResponseTransformContext transform)
    {
        if (transform.ProxyResponse is not { } received)
            return;
        var response = transform.HttpContext.Response;
        if (received.Headers.NonValidated.Contains(ForwardingOutcome.UnreadHeader))
        {
            ForwardingOutcome.MarkUnread(transform.HttpContext);
            transform.SuppressResponseBody = true;
        }
        else if (response.ContentType?.StartsWith("text/event-stream", StringComparison.Ordinal) is true)
        {
            await response.BodyWriter.FlushAsync(transform.CancellationToken); // its first event may take long
        }
    }

    private static bool IsForwarded(KeyValuePair<string, System.Net.Http.Headers.HeaderStringValues> header) =>
        header.Key.StartsWith(RemovedPrefix, StringComparison.OrdinalIgnoreCase);
}
