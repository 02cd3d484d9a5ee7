using Microsoft.Extensions.Logging;

namespace McpGateway.Tests;

/// <summary>Keeps what is logged as a warning or worse.</summary>
internal sealed class RecordingLogger : ILogger
{
    private readonly List<(string? EventName, Exception? Exception)> _entries = [];

    public IReadOnlyList<(string? EventName, Exception? Exception)> Entries
    {
        get
        {
            lock (_entries)
                return [.. _entries];
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_entries)
            _entries.Add((eventId.Name, exception));
    }
}
