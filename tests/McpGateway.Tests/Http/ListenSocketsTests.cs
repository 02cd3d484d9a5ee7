using System.Net;
using System.Net.Sockets;
using McpGateway.Http;
using McpGateway.Tests.Shared;

namespace McpGateway.Tests.Http;

public sealed class ListenSocketsTests
{
    // Without the filter the kernel itself would have made the connection by then.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task StopAccepting_NewConnections_AreNotMade_AndOthersGoOn()
    {
        Skip.Unless(OperatingSystem.IsLinux(), "It is Linux's way.");
        var sockets = new ListenSockets();
        using var listener = sockets.Create(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(16);
        using var before = Client();
        using var queued = Client();
        await before.ConnectAsync(listener.LocalEndPoint!, TestContext.Current.CancellationToken);
        using var accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        await queued.ConnectAsync(listener.LocalEndPoint!, TestContext.Current.CancellationToken);

        await sockets.StopAcceptingAsync(TimeProvider.System);

        using var late = Client();
        using var timeout = new CancellationTokenSource(ConnectTimeout);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => late.ConnectAsync(listener.LocalEndPoint!, timeout.Token).AsTask());
        await accepted.SendAsync(new byte[] { 7 }, TestContext.Current.CancellationToken);
        var received = new byte[1];
        Assert.Equal(1, await before.ReceiveAsync(received, TestContext.Current.CancellationToken));
        using var waited = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        Assert.Equal(queued.LocalEndPoint, waited.RemoteEndPoint);
    }

    private static Socket Client() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
}
