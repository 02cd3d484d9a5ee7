using System.Net;
using System.Net.Sockets;

namespace McpGateway.FunctionalTests.Replicas;

/// <summary>Ports that nobody listens on: replicas must know each other's before they start.</summary>
internal static class Ports
{
    public static int[] Free(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        Array.ForEach(listeners, listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        Array.ForEach(listeners, listener => listener.Dispose());
        return ports;
    }
}
