using McpGateway.Http;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace McpGateway.Replicas.Forwarding;

/// <summary>
/// Changes a request that is forwarded to a peer: as little as possible, because the peer must see the client's request.
/// </summary>
internal sealed class PeerForwardingTransforms(
    ReplicaTable replicas, ForwardingSignature signature, ForwardedStreams streams) : ITransformProvider
{
    // Set by a proxy in front, or forged by a client. What this replica has accepted of them is in the signed header.
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
        // Otherwise YARP would add X-Forwarded-*, which the peer does not trust, and an anonymous one refuses.
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

        // The peer sets the same headers, and YARP would add them to those here. Only Connection is this replica's own.
        var connection = context.Response.Headers.Connection;
        context.Response.Headers.Clear();
        context.Response.Headers.Connection = connection;
        // Only a GET is an open-ended stream. A POST ends with its answers.
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
            // YARP sends the headers with the first byte of the body, and the first event may take long.
            await response.BodyWriter.FlushAsync(transform.CancellationToken);
        }
    }

    private static bool IsForwarded(KeyValuePair<string, System.Net.Http.Headers.HeaderStringValues> header) =>
        header.Key.StartsWith(RemovedPrefix, StringComparison.OrdinalIgnoreCase);
}
