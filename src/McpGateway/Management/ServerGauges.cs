using System.Diagnostics.Metrics;
using McpGateway.Backends.Stdio.Sharing;
using McpGateway.Diagnostics;
using McpGateway.Sessions;

namespace McpGateway.Management;

/// <summary>Instruments whose values are read when they are collected.</summary>
// A hosted service, because no other class needs it: nothing else would create it.
internal sealed class ServerGauges(IMeterFactory meters, ServerRegistry registry, ChildManager children) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The factory returns the same meter for the same name, so this is the one of GatewayMetrics.
        meters.Create(GatewayMetrics.MeterName).CreateObservableGauge(
            "mcpgateway.servers.failing", Failing, "{server}",
            "1 while the server's last start failed or one of its children keeps ending unexpectedly, otherwise 0.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Every server reports a value, also 0: an alert on a missing series would not fire.
    private IEnumerable<Measurement<long>> Failing() => registry.All.Select(server => new Measurement<long>(
        children.IsFailing(server) ? 1 : 0, new KeyValuePair<string, object?>("server", server.Name)));
}
