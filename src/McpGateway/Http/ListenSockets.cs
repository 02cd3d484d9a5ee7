using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace McpGateway.Http;

/// <summary>
/// Listening sockets whose connections are given up when the other side acknowledges nothing for a minute. Without it a
/// stream to a laptop that was closed takes heartbeats for a quarter of an hour before it is found dead.
/// </summary>
internal sealed class ListenSockets
{
    // <netinet/tcp.h>; accepted sockets inherit it.
    private const int ProtocolTcp = 6;
    private const int TcpUserTimeout = 18;
    // Four keep-alives of a stream: one that is lost on a bad line does not cost the connection.
    private const int Milliseconds = 60_000;

    // <asm/socket.h>, <linux/filter.h>: a program of one instruction, which takes no packet.
    private const int SocketLevel = 1;
    private const int AttachFilter = 26;
    private const ulong ReturnNothing = 0x06;

    // For what has been accepted to be read, and for connections that are being made.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentBag<Socket> _sockets = [];

    public Socket Create(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        if (!OperatingSystem.IsLinux() || endpoint is not IPEndPoint)
            return socket;
        // Raw, since .NET has no name for this option.
        socket.SetRawSocketOption(ProtocolTcp, TcpUserTimeout, BitConverter.GetBytes(Milliseconds));
        _sockets.Add(socket);
        return socket;
    }

    /// <summary>
    /// Has the kernel answer no more attempts to connect, so that the listeners are closed with nothing in their queues: what
    /// waits there would be reset. Whoever tries asks again after a second, is refused then, and goes elsewhere. Linux.
    /// </summary>
    public async Task StopAcceptingAsync(TimeProvider time)
    {
        foreach (var socket in _sockets)
            TakeNothing(socket);
        await Task.Delay(Settling, time, CancellationToken.None);
    }

    private static void TakeNothing(Socket socket)
    {
        // Pinned: the kernel reads it through the address in the struct below.
        var program = GCHandle.Alloc(ReturnNothing, GCHandleType.Pinned);
        try
        {
            // struct sock_fprog: the number of instructions, and where they are.
            // The pointer is aligned, so on 64 bits there are six bytes between the two.
            var filter = new byte[2 * IntPtr.Size];
            BitConverter.TryWriteBytes(filter, (ushort)1);
            BitConverter.TryWriteBytes(filter.AsSpan(IntPtr.Size), program.AddrOfPinnedObject());
            socket.SetRawSocketOption(SocketLevel, AttachFilter, filter);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Where it may not be done, or the listener has gone: then a connection in its queue is reset, as anywhere.
        }
        finally
        {
            program.Free();
        }
    }
}
