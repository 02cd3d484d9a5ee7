using McpGateway.Configuration;
using McpGateway.Sessions;

namespace McpGateway.Http;

/// <summary>A request, as its backend sees it. The client's own token and key are not among what it gives.</summary>
internal sealed class ClientRequest(HttpContext context, string prefix, AccessOptions access) : IClientRequest
{
    public SessionOwner Owner => Caller.Of(context);

    public string? Via => context.Features.Get<ForwardingPeer>()?.Name;

    public CancellationToken Aborted => context.RequestAborted;

    public string? Header(string name) => context.Request.Headers[name] is [{ Length: > 0 } value] ? value : null;

    public string? ValueOf(UserValueSource source, string name)
    {
        // Of two values, neither is the user's for certain.
        if (source is UserValueSource.Claim)
            return context.User.FindAll(name).Take(2).ToArray() is [var claim] ? claim.Value : null;
        // Only what the operator has named: gateway.json must not be able to pass Authorization or a cookie on to a server.
        return access.IsUserHeader(name) && context.Request.Headers[name] is [{ } value] ? value : null;
    }

    public string MessageUrl(string sessionId) => McpPaths.MessageUrl(context, prefix, sessionId);
}
