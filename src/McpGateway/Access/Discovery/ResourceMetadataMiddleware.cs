using McpGateway.Configuration;
using Microsoft.Extensions.Options;

namespace McpGateway.Access.Discovery;

/// <summary>
/// Serves <see cref="ResourceMetadata"/> under the forms that clients try: the well-known path before the endpoint's
/// (RFC 9728, section 3.1), behind it, and alone. It comes before the guard, for these documents are for pages of all
/// origins; what they say depends on the Host, so the Host is checked here.
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
            return next(context); // the guard says why
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

    // The MCP SDKs send a version header along, for which a browser asks first.
    private static Task AllowAll(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status204NoContent;
        response.Headers.AccessControlAllowMethods = "GET";
        response.Headers.AccessControlAllowHeaders = "*";
        return Task.CompletedTask;
    }

    // Null: not such a path.
    private string? EndpointPath(string path)
    {
        if (path.EndsWith(ResourceMetadata.WellKnown, StringComparison.Ordinal))
            return path[..^ResourceMetadata.WellKnown.Length];
        if (!path.StartsWith(ResourceMetadata.WellKnown + "/", StringComparison.Ordinal))
            return null;
        var rest = path[ResourceMetadata.WellKnown.Length..].TrimEnd('/');
        // With a path in the public URL the endpoint's own path is behind it.
        return _publicPath.Length > 0 && (rest + "/").StartsWith(_publicPath + "/", StringComparison.Ordinal)
            ? rest[_publicPath.Length..]
            : rest;
    }

    private bool IsAllowed(string host) => options.Value.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase);
}
