using McpGateway.Access.Authentication;
using McpGateway.Access.Origins;
using McpGateway.Configuration;
using McpGateway.Http;
using McpGateway.JsonRpc;
using Microsoft.Extensions.Options;

namespace McpGateway.Access;

/// <summary>
/// Refuses requests from unwanted web pages. The Host must be allowed, against DNS rebinding, and so must the Origin (MCP
/// 2025-11-25, Streamable HTTP, "Security Warning": 403 for an invalid one). An anonymous gateway also refuses requests that came
/// through a proxy. A proxy on this machine sends a loopback Host by default, so it would expose the servers to the internet.
/// </summary>
internal sealed class RequestGuard(
    RequestDelegate next, IOptions<AccessOptions> options, OriginRules origins, AccessMonitor state)
{
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Real-IP", "Via"];

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!options.Value.AllowedHosts.Contains(request.Host.Host, StringComparer.OrdinalIgnoreCase))
            return RefuseAsync(context, "This Host is not allowed. Add it to Access:AllowedHosts.");
        // Only browsers send an Origin, with every cross-origin request whose response a script could read.
        if (request.Headers.Origin is { Count: > 0 } origin && !origins.Allow(origin.ToString(), context))
        {
            return RefuseAsync(context,
                "This Origin is not allowed. Add it to Access:Cors:Origins, or to cors.origins of the server.");
        }

        if (!state.Current.IsRequired && (HasProxyHeader(request.Headers) || IsOfOldProxy(request)))
        {
            return RefuseAsync(context,
                "An anonymous gateway refuses requests through a proxy. Set Access:Jwt:Issuers or Access:ApiKeys first.");
        }

        return next(context);
    }

    private static bool HasProxyHeader(IHeaderDictionary headers)
    {
        foreach (var (name, _) in headers)
        {
            if (name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
                || Array.Exists(ProxyHeaders, header => header.Equals(name, StringComparison.OrdinalIgnoreCase)))
                return true;
        }

        return false;
    }

    // nginx's proxy_pass uses HTTP/1.0 by default and adds none of these headers. No MCP client uses HTTP/1.0.
    private static bool IsOfOldProxy(HttpRequest request) => HttpProtocol.IsHttp10(request.Protocol);

    private static Task RefuseAsync(HttpContext context, string reason) =>
        JsonRpcErrorWriter.WriteInFullAsync(context, StatusCodes.Status403Forbidden, new(JsonRpcErrorCode.Refused, reason));
}
