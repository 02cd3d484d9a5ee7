using McpGateway.Configuration;
using Microsoft.Extensions.Options;

namespace McpGateway.Access.Discovery;

/// <summary>
/// Serves <see cref="ResourceMetadata"/> at the URLs that clients try: the well-known path before the endpoint's path
/// (RFC 9728, section 3.1), after it, and alone. It runs before the request guard, because pages of all origins may read these
/// documents. The documents depend on the Host header, so the Host is checked here.
/// </summary>
internal sealed class ResourceMetadataMiddleware(RequestDelegate next, ResourceMetadata metadata, IOptions<AccessOptions> options)
{
    private readonly string _publicPath =
        options.Value.PublicUrl is { } url ? new Uri(url).AbsolutePath.TrimEnd('/') : string.Empty;

    public Task InvokeAsync(HttpContext context)
    {
        if (EndpointPath(context.Request.Path.Value ?? string.Empty) is not { } path)
            return next(context);
        var response = context.Response;
        if (options.Value.PublicUrl is null && !IsAllowed(context.Request.Host.Host))
            return next(context); // the request guard refuses it with the reason
        // Also on errors: without it, a page could not read even the status.
        response.Headers.AccessControlAllowOrigin = "*";
        if (HttpMethods.IsOptions(context.Request.Method))
            return AllowAll(response);
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = "GET, HEAD, OPTIONS";
            return Task.CompletedTask;
        }

        if (metadata.Document(path, context.Request) is not { } document)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        response.ContentType = "application/json";
        response.ContentLength = document.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(document, context.RequestAborted).AsTask();
    }

    // The MCP SDKs send the header MCP-Protocol-Version, which makes browsers send a preflight request.
    private static Task AllowAll(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status204NoContent;
        response.Headers.AccessControlAllowMethods = "GET";
        response.Headers.AccessControlAllowHeaders = "*";
        return Task.CompletedTask;
    }

    // Null when it is not the path of a document.
    private string? EndpointPath(string path)
    {
        if (path.EndsWith(ResourceMetadata.WellKnown, StringComparison.Ordinal))
            return path[..^ResourceMetadata.WellKnown.Length];
        if (!path.StartsWith(ResourceMetadata.WellKnown + "/", StringComparison.Ordinal))
            return null;
        var rest = path[ResourceMetadata.WellKnown.Length..].TrimEnd('/');
        // If the public URL has a path, the endpoint's own path follows after it.
        return _publicPath.Length > 0 && (rest + "/").StartsWith(_publicPath + "/", StringComparison.Ordinal)
            ? rest[_publicPath.Length..]
            : rest;
    }

    private bool IsAllowed(string host) => options.Value.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase);
}
