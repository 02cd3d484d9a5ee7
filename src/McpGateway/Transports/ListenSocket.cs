using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace McpGateway.Transports;

/// <summary>
/// Listening sockets whose connections are given up when the other side acknowledges nothing for a minute. Without it a
/// stream to a laptop that was closed takes heartbeats for a quarter of an hour before it is found dead.
/// </summary>
public static class ListenSocket
{
    // <netinet/tcp.h>; accepted sockets inherit it.
    private const int ProtocolTcp = 6;
    private const int TcpUserTimeout = 18;
    private const int Milliseconds = 60_000;

    public static Socket Create(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        if (OperatingSystem.IsLinux() && endpoint is IPEndPoint)
            socket.SetRawSocketOption(ProtocolTcp, TcpUserTimeout, BitConverter.GetBytes(Milliseconds));
        return socket;
    }
}
