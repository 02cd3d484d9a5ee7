using System.Diagnostics.Metrics;
using McpGateway.Diagnostics;

namespace McpGateway.Tests;

/// <summary>The gateway's instruments on a meter of their own, and what was recorded on them.</summary>
internal sealed class MetricsRecorder : IMeterFactory
{
    private readonly List<(string Instrument, long Value, string? Reason)> _recorded = [];
    private readonly MeterListener _listener = new();
    private Meter? _meter;

    public MetricsRecorder()
    {
        Metrics = new GatewayMetrics(this);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, _meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var reason = tags.ToArray().FirstOrDefault(tag => tag.Key == "reason").Value as string;
            lock (_recorded)
                _recorded.Add((instrument.Name, value, reason));
        });
        _listener.Start();
    }

    public GatewayMetrics Metrics { get; }

    public long Sum(string instrument, string? reason = null)
    {
        lock (_recorded)
            return _recorded.Where(one => one.Instrument == instrument && (reason is null || one.Reason == reason))
                .Sum(one => one.Value);
    }

    public long Dropped(string reason) => Sum("mcpgateway.messages.dropped", reason);

    public Meter Create(MeterOptions options) => _meter = new Meter(options);

    public void Dispose()
    {
        _listener.Dispose();
        _meter?.Dispose();
    }
}
