using McpGateway.Http;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace McpGateway.Replicas.Forwarding;

/// <summary>What is changed in a request that goes to another replica: as little as can be, since that one is to see the client's.</summary>
internal sealed class PeerForwardingTransforms(ReplicaTable replicas, ForwardingSignature signature, ForwardedStreams passing) : ITransformProvider
{
    // Of a proxy in front: they were believed here or not, and what was believed is in the signed header.
    private static readonly string[] Removed = ["Forwarded", "X-Real-IP", "Cookie", "Proxy-Authorization", ForwardingSignature.Header];

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
        transform.Path = request.PathBase + request.Path; // the other one has the same base
        foreach (var name in Removed)
            sent.Headers.Remove(name);
        foreach (var (name, _) in sent.Headers.NonValidated.Where(IsForwarded).ToArray())
            sent.Headers.Remove(name);
        var hop = new ForwardedRequest(
            replicas.Self, to, request.Method, PeerForwardingMiddleware.TargetOf(request), request.Scheme, request.Host.Value ?? string.Empty,
            context.Connection.RemoteIpAddress);
        sent.Headers.TryAddWithoutValidation(ForwardingSignature.Header, signature.Sign(hop));
        sent.Headers.TryAddWithoutValidation("Via", $"1.1 {PeerForwardingMiddleware.PseudonymOf(replicas.Self)}");
        // Of a request that may go to another replica yet, the body stays here until it is asked for.
        if (sent.Content is not null && !McpEndpoint.TryFindReplica(context, out _))
        {
            sent.Headers.ExpectContinue = true;
            // A short body of known length would be sent after a refusal, too, to save the connection.
            // Expect100ErrorSendThreshold in https://github.com/dotnet/runtime, HttpConnection.cs
            sent.Content.Headers.ContentLength = null;
            sent.Headers.TransferEncodingChunked = true;
        }

        // The other one says all that this one would say, but of this connection.
        var connection = context.Response.Headers.Connection;
        context.Response.Headers.Clear();
        context.Response.Headers.Connection = connection;
        if (HttpMethods.IsGet(request.Method))
            context.Features.Set(new ForwardedStream(passing.Enter(to, context.Abort)));
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
            await response.BodyWriter.FlushAsync(transform.CancellationToken); // its first event may be long in coming
        }
    }

    private static bool IsForwarded(KeyValuePair<string, System.Net.Http.Headers.HeaderStringValues> header) =>
        header.Key.StartsWith(RemovedPrefix, StringComparison.OrdinalIgnoreCase);
}
