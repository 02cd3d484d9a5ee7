using McpGateway.Configuration;
using McpGateway.Policies;

namespace McpGateway.Tests.Policies;

public sealed class CallTimeoutsTests
{
    private static readonly ServerConfig Server = new()
    {
        Name = "a",
        Target = new StdioTarget { Command = "a" },
        StartTimeout = TimeSpan.FromSeconds(10),
        RequestTimeout = TimeSpan.FromSeconds(20),
        RequestMaximum = TimeSpan.FromSeconds(60),
    };

    [Theory]
    [InlineData(false, 59, 19, false, null)]
    [InlineData(false, 59, 20, false, "requestTimeout")]
    [InlineData(false, 59, 59, true, null)] // it waits for the client
    [InlineData(false, 60, 0, true, "requestMaximum")]
    [InlineData(true, 10, 10, false, "startTimeout")]
    [InlineData(true, 9, 9, false, null)]
    public void Call_IsOverdue_BySilenceOrInAll(bool starts, int inFlight, int silent, bool waits, string? setting)
    {
        var overdue = CallTimeouts.Overdue(Server, starts, TimeSpan.FromSeconds(inFlight), TimeSpan.FromSeconds(silent), waits);
        Assert.Equal(setting, overdue?.Setting);
        if (setting is not null)
            Assert.Contains($"({setting})", overdue!.Value.Reason, StringComparison.Ordinal);
    }
}
