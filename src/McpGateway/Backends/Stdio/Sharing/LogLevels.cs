using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// The log level that each session of a shared child wants. The child is told the most verbose of them; what a session
/// does not want is kept from it.
/// </summary>
/// <param name="tell">Tells the child.</param>
/// <param name="log">Hears of it when the child could not be told.</param>
internal sealed partial class LogLevels(Func<string, Task> tell, ILogger log)
{
    // RFC 5424's, the most verbose first (MCP, "Logging").
    private static readonly string[] Names = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

    // What a session gets that has set no level. Not debug: another session may have set that.
    private static readonly int Default = Array.IndexOf(Names, "info");

    private readonly Lock _lock = new();
    private readonly Dictionary<Session, int> _wanted = [];
    private Task _telling = Task.CompletedTask;
    private int _told = -1;
    private bool _isTelling;

    public static bool IsLevel(string? name) => Array.IndexOf(Names, name) >= 0;

    /// <summary>What the child was told last; null for nothing.</summary>
    public string? Told
    {
        get
        {
            lock (_lock)
                return _told < 0 ? null : Names[_told];
        }
    }

    public void Set(Session session, string level)
    {
        lock (_lock)
        {
            if (session.IsEnded)
                return;
            _wanted[session] = Array.IndexOf(Names, level);
            TellIfChanged();
        }
    }

    public void Remove(Session session)
    {
        lock (_lock)
        {
            if (_wanted.Remove(session))
                TellIfChanged();
        }
    }

    /// <summary>Whether a session wants messages of this level. One that is no level passes: the child decides.</summary>
    public bool Wants(Session session, string? level)
    {
        var index = Array.IndexOf(Names, level);
        lock (_lock)
            return index < 0 || index >= _wanted.GetValueOrDefault(session, Default);
    }

    /// <summary>Completes when the child has been told what is wanted now.</summary>
    public Task ToldAsync()
    {
        lock (_lock)
            return _telling;
    }

    private void TellIfChanged()
    {
        if (_isTelling || _wanted.Count == 0 || _wanted.Values.Min() == _told)
            return;
        _isTelling = true;
        _telling = Task.Run(TellAsync);
    }

    // One at a time, or two changes might reach the child in the wrong order.
    private async Task TellAsync()
    {
        while (true)
        {
            string level;
            lock (_lock)
            {
                var wanted = _wanted.Count == 0 ? _told : _wanted.Values.Min();
                if (wanted == _told)
                {
                    _isTelling = false;
                    return;
                }

                _told = wanted;
                level = Names[wanted];
            }

            try
            {
                await tell(level);
            }
            catch (Exception exception)
            {
                Log.NotTold(log, exception, level); // what is wanted next is told all the same
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(21, LogLevel.Error, "A child could not be told the log level {Level}", EventName = "LogLevelNotTold")]
        public static partial void NotTold(ILogger log, Exception exception, string level);
    }
}
