using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// The log level that each session of a shared child has set. The child is set to the most verbose of them, and each session
/// receives only what its own level includes.
/// </summary>
/// <param name="tell">Sets the level of the child.</param>
/// <param name="log">The log for failures.</param>
internal sealed partial class LogLevels(Func<string, Task> tell, ILogger log)
{
    // Those of RFC 5424, the most verbose first (MCP, Logging, "Log Levels").
    private static readonly string[] Names = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

    // The level of a session that has set none. Not debug, because that may be another session's wish.
    private static readonly int Default = Array.IndexOf(Names, "info");

    private readonly Lock _lock = new();
    private readonly Dictionary<Session, int> _wanted = [];
    private Task _telling = Task.CompletedTask;
    private int _told = -1;
    private bool _isTelling;

    public static bool IsLevel(string? name) => Array.IndexOf(Names, name) >= 0;

    /// <summary>The level that was sent to the child last; null for none.</summary>
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
                return; // Remove may have come before: the entry would stay for ever
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

    /// <summary>Whether a session wants messages of this level. Unknown levels are relayed.</summary>
    public bool Wants(Session session, string? level)
    {
        var index = Array.IndexOf(Names, level);
        lock (_lock)
            return index < 0 || index >= _wanted.GetValueOrDefault(session, Default);
    }

    /// <summary>Completes when the child has been set to what is wanted now.</summary>
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

    // One at a time. Otherwise two changes could reach the child in the wrong order.
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
                    _isTelling = false; // under the lock, so that no change in between is missed
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
                Log.NotTold(log, exception, level); // the next change is sent even so
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(21, LogLevel.Error, "The log level of a child could not be set to {Level}", EventName = "LogLevelNotTold")]
        public static partial void NotTold(ILogger log, Exception exception, string level);
    }
}
