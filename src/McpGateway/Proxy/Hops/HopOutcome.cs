using System.Net.Sockets;
using Yarp.ReverseProxy.Forwarder;

namespace McpGateway.Proxy.Hops;

/// <summary>What became of a request that was passed on.</summary>
internal enum HopResult
{
    /// <summary>It was answered, or its client has gone.</summary>
    Answered,

    /// <summary>Nothing listens there, or nothing is there: whatever it held is gone.</summary>
    Gone,

    /// <summary>It could not be reached in time, which may be the network's fault.</summary>
    NoAnswer,

    /// <summary>It is about to stop, and has not read the request.</summary>
    Unread,

    /// <summary>The connection broke after the request was sent.</summary>
    Lost,
}

internal static class HopOutcome
{
    /// <summary>On an answer 503: the request was not read, and another replica may have it.</summary>
    public const string UnreadHeader = "McpGateway-Unread";

    private static readonly object Unread = new();

    public static HopResult Of(HttpContext context) => context.Items.ContainsKey(Unread)
        ? HopResult.Unread
        : context.Features.Get<IForwarderErrorFeature>() switch
        {
            // It is no time-out of an activity: there are none on this way.
            { Error: ForwarderError.RequestTimedOut } => HopResult.NoAnswer,
            { Error: ForwarderError.Request, Exception: HttpRequestException exception } => Of(exception),
            { Error: ForwarderError.Request } => HopResult.Lost,
            _ => HopResult.Answered,
        };

    public static void MarkUnread(HttpContext context) => context.Items[Unread] = Unread;

    public static void Forget(HttpContext context) => context.Items.Remove(Unread);

    private static HopResult Of(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError => exception.InnerException switch
        {
            SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.NoData } =>
                HopResult.Gone,
            _ => HopResult.NoAnswer,
        },
        HttpRequestError.SecureConnectionError => HopResult.NoAnswer,
        _ => HopResult.Lost,
    };
}

/// <summary>A stream on its way through this replica. A feature of the request.</summary>
internal sealed class Passage(IDisposable entry)
{
    public void End() => entry.Dispose();
}
