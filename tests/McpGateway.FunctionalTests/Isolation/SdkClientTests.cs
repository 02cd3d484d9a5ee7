using McpGateway.FunctionalTests.Hosting;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

#pragma warning disable MCP9004, MCP9005 // logging and sampling are deprecated in a later revision than those that are served

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>The official C# SDK's clients, several on one child.</summary>
public sealed class SdkClientTests
{
    [Theory]
    [InlineData("user", HttpTransportMode.StreamableHttp)]
    [InlineData("user", HttpTransportMode.Sse)]
    [InlineData("shared", HttpTransportMode.StreamableHttp)]
    [InlineData("shared", HttpTransportMode.Sse)]
    public async Task Notifications_OfTheChild_ReachTheClientsThatTheyAreFor(string isolation, HttpTransportMode mode)
    {
        await using var gateway = await OneChild.StartGatewayAsync(isolation);
        await using var one = await SdkClient.ConnectAsync(gateway, mode, "one");
        await using var two = await SdkClient.ConnectAsync(gateway, mode, "two");
        await using var updates = await one.Client.SubscribeToResourceAsync("test://counter", (update, _) =>
        {
            one.Seen.Enqueue($"updated {update.Uri}");
            return default;
        }, cancellationToken: TestHttp.Token);
        await one.Client.SetLoggingLevelAsync(LoggingLevel.Debug, cancellationToken: TestHttp.Token);
        await two.Client.SetLoggingLevelAsync(LoggingLevel.Error, cancellationToken: TestHttp.Token);

        await two.CallAsync("touch");
        await one.CallAsync("notify", "method", "notifications/message", "params", new { level = "debug", data = "said" });
        await two.CallAsync("notify", "method", "notifications/message", "params", new { level = "debug", data = "said" });
        await two.CallAsync("notify", "method", OneChild.ListChanged);

        await one.SawAsync("updated test://counter", "message debug", "list changed");
        await two.SawAsync("list changed");
        Assert.Equal("debug", await one.CallAsync("level"));
        Assert.Equal(await one.CallAsync("pid"), await two.CallAsync("pid"));
    }

    [Theory]
    [InlineData("user", HttpTransportMode.StreamableHttp)]
    [InlineData("user", HttpTransportMode.Sse)]
    [InlineData("shared", HttpTransportMode.StreamableHttp)]
    [InlineData("shared", HttpTransportMode.Sse)]
    public async Task Progress_OfCallsAtOnce_ReachesEachCallsOwnReporter(string isolation, HttpTransportMode mode)
    {
        await using var gateway = await OneChild.StartGatewayAsync(isolation);
        await using var one = await SdkClient.ConnectAsync(gateway, mode, "one");
        await using var two = await SdkClient.ConnectAsync(gateway, mode, "two");

        var reported = await Task.WhenAll(new[] { one, two }.SelectMany(
            client => Enumerable.Range(1, 5).Select(call => client.ReportedAsync($"{client.Name} {call}"))));

        // Right before its answer this client may miss one.
        Assert.All(reported, report => Assert.True(report.Messages.Count >= 3, report.Text));
        Assert.All(reported, report => Assert.All(report.Messages, message => Assert.Equal(report.Text, message)));
    }

    [Theory]
    [InlineData(HttpTransportMode.StreamableHttp)]
    [InlineData(HttpTransportMode.Sse)]
    public async Task Questions_OfTheUsersChild_AreAskedWhereTheCallIs(HttpTransportMode mode)
    {
        await using var gateway = await OneChild.StartGatewayAsync("user");
        await using var one = await SdkClient.ConnectAsync(gateway, mode, "one");
        await using var two = await SdkClient.ConnectAsync(gateway, mode, "two");

        foreach (var client in (SdkClient[])[one, two, one])
        {
            Assert.Equal($"{client.Name}: why?", await client.CallAsync("sample", "prompt", "why?"));
            Assert.Equal("decline", await client.CallAsync("elicit", "message", "who?"));
        }

        Assert.Equal(["sampled why?", "elicited who?", "sampled why?", "elicited who?"], one.Seen);
        Assert.Equal(["sampled why?", "elicited who?"], two.Seen);
    }

    [Fact]
    public async Task Questions_OfASharedChild_AreAskedNobody()
    {
        await using var gateway = await OneChild.StartGatewayAsync("shared");
        await using var one = await SdkClient.ConnectAsync(gateway, HttpTransportMode.StreamableHttp, "one");

        Assert.StartsWith("-32601: ", await one.CallAsync("sample", "prompt", "why?"), StringComparison.Ordinal);
        Assert.StartsWith("-32601: ", await one.CallAsync("elicit", "message", "who?"), StringComparison.Ordinal);

        Assert.Empty(one.Seen);
    }
}
