using McpGateway.FunctionalTests.Hosting;
using Microsoft.Extensions.Logging;

namespace McpGateway.FunctionalTests.Logging;

public sealed class LogSecrecyTests
{
    private const string Secret = "swordfish-4711";

    [Fact]
    public async Task Logs_InformationEverywhere_HoldNoSessionIdAndNoBody()
    {
        var log = new CapturedLog();
        await using var gateway = await TestGateway.StartWithTestServerAsync(
            settings: new()
            {
                ["Logging:LogLevel:Default"] = "Information",
                ["Logging:LogLevel:Microsoft.AspNetCore"] = "Information",
                ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "Trace",
            },
            adjust: builder => builder.Logging.AddProvider(log));
        string id;
        await using (var client = await SseClient.ConnectAsync(gateway))
        {
            id = client.Endpoint.Split('=')[1];
            await client.CallAsync("echo", $$"""{"text":"{{Secret}}"}""");
            using var refused = await client.PostAsync("{not json"u8.ToArray());
            Assert.Equal(400, refused.Status);
        }

        Assert.Contains(log.Lines, line => line.Contains("session opened", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains(id, StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains(Secret, StringComparison.Ordinal));
    }
}
