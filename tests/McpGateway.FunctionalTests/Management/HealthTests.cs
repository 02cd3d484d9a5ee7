using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Text.Json;
using McpGateway.Diagnostics;
using McpGateway.FunctionalTests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace McpGateway.FunctionalTests.Management;

/// <summary>What operators see of a server that fails.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task Health_ServerThatCrashLoops_IsDegraded()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync();
        await using var client = await StreamableClient.ConnectAsync(gateway);
        Assert.Equal(("Healthy", 1, 0, 1, 1), await LookAsync(gateway));
        Assert.Equal(0, Failing(gateway));

        await client.CallAsync("crash");
        await client.CallAsync("crash"); // from the second on it waits
        await Eventually.TrueAsync(async () => await LookAsync(gateway) == ("Degraded", 1, 1, 1, 0), "it is failing",
            TestHttp.Timeout);
        Assert.Equal(1, Failing(gateway));
    }

    [Fact]
    public async Task Health_ServerThatCannotStart_IsDegraded()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(["--exit-at-start", "3"]);
        var client = StreamableClient.Create(gateway);
        using var answer = await client.PostAsync(Rpc.Initialize("0"));
        Assert.Equal(-32603, (await answer.NextAsync())!.Value.Code());
        await Eventually.TrueAsync(async () => await LookAsync(gateway) == ("Degraded", 1, 1, 0, 0),
            "it is failing and has no session", TestHttp.Timeout);
    }

    private static async Task<(string? Status, int Servers, int Failing, int Sessions,
        int Processes)> LookAsync(TestGateway gateway)
    {
        using var http = new HttpClient { BaseAddress = gateway.BaseAddress };
        var health = await http.GetFromJsonAsync<JsonElement>("health", TestContext.Current.CancellationToken);
        return (health.Get("status").GetString(), Count("servers"), Count("failing"), Count("sessions"), Count("processes"));

        int Count(string name) => health.Get(name).GetInt32();
    }

    private static long Failing(TestGateway gateway)
    {
        var failing = -1L;
        var factory = gateway.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == factory && instrument.Meter.Name == GatewayMetrics.MeterName)
                listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            if (instrument.Name == "mcpgateway.servers.failing")
                failing = value;
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return failing;
    }
}
