using System.Net;
using System.Net.Sockets;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>For what must know its port before it listens.</summary>
internal static class FreePort
{
    /// <returns>One that nobody listened at a moment ago.</returns>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
