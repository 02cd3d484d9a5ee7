using System.Net;
using System.Net.Sockets;

namespace McpGateway.Tests.Shared;

/// <summary>
/// Ports for programs that must know their port before they listen; everything else listens on port 0 and tells. They are
/// below the range from which systems assign ports to connections and to port 0 (from 32768 on Linux, 49152 elsewhere), so
/// that nothing takes one between the check here and the program's own bind. No port is given out twice.
/// </summary>
internal static class FreePort
{
    private const int First = 12_000;
    private const int Count = 20_000;

    // Two test programs that run at the same time start at different ports.
    private static int _last = Environment.ProcessId * 997 % Count;

    public static int Find()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + Interlocked.Increment(ref _last) % Count;
            if (IsFree(port))
                return port;
        }

        throw new InvalidOperationException($"No port from {First} to {First + Count - 1} is free.");
    }

    /// <returns>Several, of which no two are the same.</returns>
    public static int[] Find(int count) => [.. Enumerable.Range(0, count).Select(_ => Find())];

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Any, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
