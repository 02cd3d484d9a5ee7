using System.Net.Sockets;
using Yarp.ReverseProxy.Forwarder;

namespace McpGateway.Replicas.Forwarding;

/// <summary>What became of a request that was passed on.</summary>
internal enum ForwardingResult
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

internal static class ForwardingOutcome
{
    /// <summary>On an answer 503: the request was not read, and another replica may have it.</summary>
    public const string UnreadHeader = "McpGateway-Unread";

    private static readonly object Unread = new();

    public static ForwardingResult Of(HttpContext context) => context.Items.ContainsKey(Unread)
        ? ForwardingResult.Unread
        : context.Features.Get<IForwarderErrorFeature>() switch
        {
            // It is no time-out of an activity: there are none on this way.
            { Error: ForwarderError.RequestTimedOut } => ForwardingResult.NoAnswer,
            { Error: ForwarderError.Request, Exception: HttpRequestException exception } => Of(exception),
            { Error: ForwarderError.Request } => ForwardingResult.Lost,
            _ => ForwardingResult.Answered,
        };

    public static void MarkUnread(HttpContext context) => context.Items[Unread] = Unread;

    public static void Forget(HttpContext context) => context.Items.Remove(Unread);

    private static ForwardingResult Of(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError => exception.InnerException switch
        {
            SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.NoData } =>
                ForwardingResult.Gone,
            _ => ForwardingResult.NoAnswer,
        },
        HttpRequestError.SecureConnectionError => ForwardingResult.NoAnswer,
        _ => ForwardingResult.Lost,
    };
}

/// <summary>A stream on its way through this replica. A feature of the request.</summary>
internal sealed class ForwardedStream(IDisposable entry)
{
    public void End() => entry.Dispose();
}
