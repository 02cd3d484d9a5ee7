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
        if (ProxyConfigProvider.Describe(context.Route).IsStdio)
            return;
        context.CopyRequestHeaders = false;
        context.CopyResponseHeaders = false;
        context.CopyResponseTrailers = false;
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
            request.Headers.TryAddWithoutValidation(name, value);
        if (request.Content is not null && exchange.Body is { } body)
        {
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Content.Headers.ContentLength = body.Length;
        }

        return default;
    }

    private static async ValueTask ResponseAsync(ResponseTransformContext transform)
    {
        transform.SuppressResponseBody = true;
        if (transform.ProxyResponse is { } response)
            await ForwarderUpstream.ReceiveAsync(transform.HttpContext, response);
    }
}
