namespace McpGateway.Cli.DemoServer;

/// <summary>
/// Writes warnings and errors to stderr, one line each, because stdout carries the protocol. The framework's console logger would
/// do, but takes 70 ms to start.
/// </summary>
internal sealed class StderrLoggerFactory(TextWriter stderr) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new StderrLogger(stderr, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("This factory logs to stderr only.");

    public void Dispose()
    {
    }

    private sealed class StderrLogger(TextWriter stderr, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning && logLevel is not LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            // Only the type: the message of an exception may contain the arguments of a call.
            var cause = exception is null ? "" : $" ({exception.GetType().Name})";
            stderr.WriteLine($"{logLevel}: {category}: {formatter(state, exception)}{cause}");
        }
    }
}
