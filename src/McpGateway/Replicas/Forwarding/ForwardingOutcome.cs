using System.Net.Sockets;
using Yarp.ReverseProxy.Forwarder;

namespace McpGateway.Replicas.Forwarding;

/// <summary>Reads what became of a forwarded request from what YARP's forwarder leaves behind.</summary>
internal static class ForwardingOutcome
{
    /// <summary>On a 503 of a peer: it has not read the request, so another replica may get it.</summary>
    public const string UnreadHeader = "McpGateway-Unread";

    private static readonly object Unread = new();

    public static ForwardingResult Of(HttpContext context) => context.Items.ContainsKey(Unread)
        ? ForwardingResult.Unread
        : context.Features.Get<IForwarderErrorFeature>() switch
        {
            // Peers have no activity time-out (PeerHttpClient), so this one is the connect time-out.
            { Error: ForwarderError.RequestTimedOut } => ForwardingResult.NoAnswer,
            { Error: ForwarderError.Request, Exception: HttpRequestException exception } => Of(exception),
            { Error: ForwarderError.Request } => ForwardingResult.Lost,
            // Also a body or a response that broke off: the peer has the request, so nobody else may get it.
            _ => ForwardingResult.Answered,
        };

    public static void MarkUnread(HttpContext context) => context.Items[Unread] = Unread;

    public static void Forget(HttpContext context) => context.Items.Remove(Unread);

    // Without a connection nothing was sent, so another replica may get the request. Only a refusal or an unknown host shows
    // that nobody is there. Any other failure may be the network's, and the peer may still have its sessions.
    private static ForwardingResult Of(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError => exception.InnerException switch
        {
            SocketException
            {
                SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.NoData,
            } => ForwardingResult.Gone,
            _ => ForwardingResult.NoAnswer,
        },
        HttpRequestError.SecureConnectionError => ForwardingResult.NoAnswer,
        _ => ForwardingResult.Lost,
    };
}
