using System.Net;
using System.Net.Sockets;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>For what must know its port before it listens.</summary>
internal static class FreePort
{
    /// <returns>One that nobody listened at a moment ago.</returns>
    public static int Find() => Find(1)[0];

    /// <returns>Several, of which no two are the same.</returns>
    public static int[] Find(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        Array.ForEach(listeners, listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        Array.ForEach(listeners, listener => listener.Dispose());
        return ports;
    }
}
