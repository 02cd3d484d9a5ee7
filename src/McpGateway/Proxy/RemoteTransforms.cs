using System.Net.Http.Headers;
using McpGateway.Backends.Remote;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace McpGateway.Proxy;

/// <summary>
/// What YARP's forwarder sends to a remote server is what <see cref="RemoteExchange"/> says, and no more; what comes back goes
/// there. YARP copies nothing by itself, in neither direction.
/// </summary>
internal sealed class RemoteTransforms : ITransformProvider
{
    public void ValidateRoute(TransformRouteValidationContext context)
    {
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
    }

    public void Apply(TransformBuilderContext context)
    {
        // To other replicas the request goes as it is (PeerForwardingTransforms).
        if (ProxyConfigProvider.Describe(context.Route).IsStdio)
            return;
        context.CopyRequestHeaders = false;
        context.CopyResponseHeaders = false;
        context.CopyResponseTrailers = false;
        // X-Forwarded-* would tell the remote server the address of the client.
        context.UseDefaultForwarders = false;
        context.AddRequestTransform(Request);
        context.AddResponseTransform(ResponseAsync);
    }

    private static ValueTask Request(RequestTransformContext transform)
    {
        // Without one the request has not come through the checks: it must not leave.
        var exchange = transform.HttpContext.Features.Get<RemoteExchange>()
            ?? throw new InvalidOperationException("Nothing is forwarded that was not checked.");
        var request = transform.ProxyRequest;
        request.RequestUri = exchange.Target(new Uri(transform.DestinationPrefix));
        foreach (var (name, value) in exchange.Headers)
            // The values come from gateway.json and the user; what HttpClient's parsers think of them must not change them.
            request.Headers.TryAddWithoutValidation(name, value);
        if (request.Content is not null && exchange.Body is { } body)
        {
            // YARP makes the content without headers, since none are copied.
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Content.Headers.ContentLength = body.Length;
        }

        return default;
    }

    private static async ValueTask ResponseAsync(ResponseTransformContext transform)
    {
        // Also without a response: the forwarder would copy the body to the client, unfiltered and under foreign ids.
        transform.SuppressResponseBody = true;
        if (transform.ProxyResponse is { } response)
            await ForwarderUpstream.ReceiveAsync(transform.HttpContext, response);
    }
}
