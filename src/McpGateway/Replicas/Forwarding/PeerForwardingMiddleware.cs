using McpGateway.Drain;
using McpGateway.Http;
using McpGateway.JsonRpc;
using Microsoft.Extensions.Primitives;

namespace McpGateway.Replicas.Forwarding;

/// <summary>
/// Accepts the requests that peers forward. It comes before all steps that read Host, scheme or address, which are the
/// client's from here on. A header that no replica has signed is removed, and its request is treated as any client's.
/// </summary>
internal sealed partial class PeerForwardingMiddleware(
    RequestDelegate next, ReplicaTable replicas, ForwardingSignature signature, PeerStates peers, DrainState drain,
    McpEndpoint endpoint, TimeProvider time, ILogger<PeerForwardingMiddleware> log)
{
    // No server can have these paths: `api` is a reserved name (ServerName.Reserved).

    /// <summary>A replica that has started posts here.</summary>
    public const string StartedPath = "/api/replicas/started";

    /// <summary>A replica that leaves posts here, to the owners of the streams that run through it.</summary>
    public const string LeavePath = "/api/replicas/leave";

    /// <summary>A replica that has no session any more posts here.</summary>
    public const string LeftPath = "/api/replicas/left";

    // RFC 9110, section 7.6.3: it ends loops between replicas that do not know each other's keys.
    private const string Via = "Via";

    private static readonly JsonRpcError Misdirected = new(JsonRpcErrorCode.InternalError,
        "A replica has forwarded this to the wrong one. Replicas:Self, Peers and Address of all replicas must agree.");

    // Anybody can send such a header, as often as they like.
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(1);

    private long _warned = long.MinValue;

    /// <summary>What a replica adds to Via.</summary>
    public static string PseudonymOf(string replica) => $"mcpgateway-{replica}";

    public Task InvokeAsync(HttpContext context)
    {
        if (drain.IsDraining) // a client or proxy that keeps connections open is to open its next one elsewhere
            context.Response.Headers.Connection = "close";
        var headers = context.Request.Headers;
        var header = headers[ForwardingSignature.Header];
        if (header.Count > 0)
            return ReceiveAsync(context, header);
        return headers.Via.Count > 0 && WasForwardedHere(headers.Via) ? RefuseAsync(context) : next(context);
    }

    /// <summary>Path and query, as they are signed.</summary>
    public static string TargetOf(HttpRequest request) => $"{request.PathBase}{request.Path}{request.QueryString}";

    private Task ReceiveAsync(HttpContext context, StringValues header)
    {
        var request = context.Request;
        // In any case: no later step, and no server, may take an invalid header for a peer's.
        request.Headers.Remove(ForwardingSignature.Header);
        if (header is not [{ } value] || signature.Verify(value, request.Method, TargetOf(request)) is not { } forwarded)
        {
            WarnOfSignature(context);
            return WasForwardedHere(request.Headers.Via) ? RefuseAsync(context) : next(context);
        }

        if (forwarded.To != replicas.Self)
        {
            Log.Misdirected(log, forwarded.From, forwarded.To);
            return RefuseAsync(context);
        }

        // Otherwise an anonymous gateway would take the request for one through a proxy (RequestGuard).
        request.Headers.Remove(Via);
        if (TryTake(request.Path.Value, forwarded.From))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        request.Scheme = forwarded.Scheme;
        request.Host = new HostString(forwarded.Host);
        context.Connection.RemoteIpAddress = forwarded.Client;
        context.Features.Set(forwarded);
        context.Features.Set(new ForwardingPeer(forwarded.From));
        return next(context);
    }

    private bool TryTake(string? path, string peer)
    {
        switch (path)
        {
            case StartedPath:
                peers.MarkBack(peer);
                return true;
            case LeavePath:
                endpoint.LeaveVia(peer);
                return true;
            case LeftPath:
                peers.MarkLeft(peer);
                return true;
            default:
                return false;
        }
    }

    private void WarnOfSignature(HttpContext context)
    {
        var (now, last) = (time.GetTimestamp(), Volatile.Read(ref _warned));
        // Exchanged, so that of several requests at the same time only one logs.
        if ((last == long.MinValue || time.GetElapsedTime(last, now) >= BetweenWarnings)
            && Interlocked.CompareExchange(ref _warned, now, last) == last)
            Log.NotSigned(log, context.Connection.RemoteIpAddress);
    }

    private bool WasForwardedHere(StringValues via)
    {
        var own = PseudonymOf(replicas.Self);
        return via.Any(line => line!.Split(',').Any(entry => entry.Trim().Split(' ') is [_, var name, ..] && name == own));
    }

    private static Task RefuseAsync(HttpContext context) =>
        JsonRpcErrorWriter.WriteAsync(context, StatusCodes.Status421MisdirectedRequest, Misdirected);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, EventName = "ForwardingNotSigned",
            Message = "{Address} sent a forwarding header without a valid signature of the last half minute; check Replicas:Keys "
                + "and the clocks")]
        public static partial void NotSigned(ILogger log, System.Net.IPAddress? address);

        [LoggerMessage(EventId = 2, Level = LogLevel.Error, EventName = "ForwardingMisdirected",
            Message = "{From} forwarded a request for {To} to this replica: its Replicas:Peers or Address is wrong, or "
                + "Replicas:Self here")]
        public static partial void Misdirected(ILogger log, string from, string to);
    }
}
