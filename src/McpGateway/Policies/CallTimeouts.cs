using McpGateway.Configuration;

namespace McpGateway.Policies;

/// <summary>How long a call may be in flight, whatever kind of server it is for.</summary>
internal static class CallTimeouts
{
    /// <param name="config">The server's settings in force now.</param>
    /// <param name="startsChild">Whether a child is started for it, which has a limit of its own.</param>
    /// <param name="inFlight">Time since it was taken.</param>
    /// <param name="silent">Time since it last made progress.</param>
    /// <param name="waitsForClient">Whether the server waits for the client: that time is not the server's.</param>
    /// <returns>Null while it may go on.</returns>
    public static CallTimeout? Overdue(
        ServerConfig config, bool startsChild, TimeSpan inFlight, TimeSpan silent, bool waitsForClient)
    {
        // First, and whatever the client does: progress for ever, or a prompt that nobody answers, must not hold a call for ever.
        if (inFlight >= config.RequestMaximum)
            return new("requestMaximum", $"no answer within {config.RequestMaximum} (requestMaximum)");
        var (setting, limit) = startsChild ? ("startTimeout", config.StartTimeout) : ("requestTimeout", config.RequestTimeout);
        return silent < limit || waitsForClient
            ? null
            : new(setting, $"no answer or progress within {limit} ({setting})");
    }
}
