using McpGateway.Http;
using McpGateway.JsonRpc;
using Microsoft.Extensions.Primitives;

namespace McpGateway.Replicas.Forwarding;

/// <summary>
/// The way in for what other replicas pass on: before all that looks at Host, scheme or address, which are the client's from
/// here on. A header that no replica has signed is taken out, and its request is like any other.
/// </summary>
internal sealed partial class PeerForwardingMiddleware(
    RequestDelegate next, ReplicaTable replicas, ForwardingSignature signature, PeerStates peers, DrainState drain, McpEndpoint endpoint,
    TimeProvider time, ILogger<PeerForwardingMiddleware> log)
{
    /// <summary>A replica that leaves says so here, to those whose streams pass through it.</summary>
    public const string LeavePath = "/api/replicas/leave";

    /// <summary>A replica that has no session any more says so here.</summary>
    public const string LeftPath = "/api/replicas/left";

    // RFC 9110, section 7.6.3: what keeps a request from going round between replicas that do not know each other's keys.
    private const string Via = "Via";

    private static readonly JsonRpcError Misdirected = new(JsonRpcErrorCode.InternalError,
        "A replica has sent this to the wrong one. Replicas:Self, Peers and Address of all of them must agree.");

    // Anybody can send such a header, as often as they like.
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(1);

    private long _warned = long.MinValue;

    /// <summary>What a replica adds to Via.</summary>
    public static string PseudonymOf(string replica) => $"mcpgateway-{replica}";

    public Task InvokeAsync(HttpContext context)
    {
        if (drain.IsDraining) // whoever keeps connections open is to open the next one elsewhere
            context.Response.Headers.Connection = "close";
        var headers = context.Request.Headers;
        var header = headers[ForwardingSignature.Header];
        if (header.Count > 0)
            return ReceiveAsync(context, header);
        return headers.Via.Count > 0 && HasPassedHere(headers.Via) ? RefuseAsync(context) : next(context);
    }

    /// <summary>Path and query, as they are signed.</summary>
    public static string TargetOf(HttpRequest request) => $"{request.PathBase}{request.Path}{request.QueryString}";

    private Task ReceiveAsync(HttpContext context, StringValues header)
    {
        var request = context.Request;
        request.Headers.Remove(ForwardingSignature.Header);
        if (header is not [{ } value] || signature.Verify(value, request.Method, TargetOf(request)) is not { } hop)
        {
            WarnOfUnsigned(context);
            return HasPassedHere(request.Headers.Via) ? RefuseAsync(context) : next(context);
        }

        if (hop.To != replicas.Self)
        {
            Log.Misdirected(log, hop.From, hop.To);
            return RefuseAsync(context);
        }

        request.Headers.Remove(Via);
        if (request.Path == LeavePath || request.Path == LeftPath)
        {
            if (request.Path == LeavePath)
                endpoint.LeaveVia(hop.From);
            else
                peers.MarkLeft(hop.From);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        request.Scheme = hop.Scheme;
        request.Host = new HostString(hop.Host);
        context.Connection.RemoteIpAddress = hop.Client;
        context.Features.Set(hop);
        return next(context);
    }

    private void WarnOfUnsigned(HttpContext context)
    {
        var (now, last) = (time.GetTimestamp(), Volatile.Read(ref _warned));
        if ((last == long.MinValue || time.GetElapsedTime(last, now) >= BetweenWarnings)
            && Interlocked.CompareExchange(ref _warned, now, last) == last)
            Log.NotSigned(log, context.Connection.RemoteIpAddress);
    }

    private bool HasPassedHere(StringValues via)
    {
        var own = PseudonymOf(replicas.Self);
        return via.Any(line => line!.Split(',').Any(passed => passed.Trim().Split(' ') is [_, var name, ..] && name == own));
    }

    private static Task RefuseAsync(HttpContext context) =>
        JsonRpcErrorWriter.WriteAsync(context, StatusCodes.Status421MisdirectedRequest, Misdirected);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Address} sent a hop header that no replica has signed just now; check Replicas:Keys and the clocks",
            EventName = "HopNotSigned")]
        public static partial void NotSigned(ILogger log, System.Net.IPAddress? address);

        [LoggerMessage(2, LogLevel.Error, "{From} sent here what is for {To}: its Replicas:Peers or Address is wrong, or Replicas:Self here",
            EventName = "HopMisdirected")]
        public static partial void Misdirected(ILogger log, string from, string to);
    }
}
