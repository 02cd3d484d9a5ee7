using McpGateway.Access.Authentication;
using McpGateway.Access.Origins;
using McpGateway.Configuration;
using McpGateway.Http;
using McpGateway.JsonRpc;
using Microsoft.Extensions.Options;

namespace McpGateway.Access;

/// <summary>
/// Keeps web pages away that have no business here: the Host must be one that is allowed (DNS rebinding), an Origin one
/// that may be (MCP 2025-11-25, "Security Warning": an invalid one is 403). And from an anonymous gateway foreign proxies:
/// nothing may say that one stands in front, since its default Host is loopback and would put this machine's servers on
/// the internet.
/// </summary>
internal sealed class RequestGuard(RequestDelegate next, IOptions<AccessOptions> options, OriginRules origins, AccessState state)
{
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Real-IP", "Via"];

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!options.Value.AllowedHosts.Contains(request.Host.Host, StringComparer.OrdinalIgnoreCase))
            return RefuseAsync(context, "This Host is not allowed. Add it to Access:AllowedHosts.");
        if (request.Headers.Origin is { Count: > 0 } origin && !origins.Allow(origin.ToString(), context))
            return RefuseAsync(context, "This Origin is not allowed. Add it to Access:Cors:Origins, or to cors of the server.");
        if (!state.Current.IsRequired && (HasProxyHeader(request.Headers) || IsOfOldProxy(request)))
        {
            return RefuseAsync(
                context, "An anonymous gateway accepts no requests through a proxy. Set up authentication (Access) first.");
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

    // nginx's proxy_pass speaks it unless told otherwise, and adds no header; no MCP client does.
    private static bool IsOfOldProxy(HttpRequest request) => HttpProtocol.IsHttp10(request.Protocol);

    private static Task RefuseAsync(HttpContext context, string reason) =>
        JsonRpcErrorWriter.WriteInFullAsync(context, StatusCodes.Status403Forbidden, new(JsonRpcErrorCode.Refused, reason));
}
