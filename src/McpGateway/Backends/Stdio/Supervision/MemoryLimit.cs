using System.Globalization;
using McpGateway.Backends.Stdio.Connection;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>Kills a child whose process tree uses more memory than <c>maxMemoryMiB</c> allows.</summary>
internal sealed class MemoryLimit(StdioServerState server, TimeProvider time)
{
    // To read the memory of a process tree takes tens of microseconds. That is too much for every visit of the monitor.
    private static readonly TimeSpan MemoryCheckInterval = TimeSpan.FromSeconds(1);

    private const long Mebibyte = 1024 * 1024;

    private long _checkedAt;

    /// <param name="child">The child that runs now.</param>
    /// <param name="now">A timestamp of the clock.</param>
    public void CheckMemory(ChildConnection child, long now)
    {
        if (server.Config.MaxMemory is not { } limit || child.IsLost
            || time.GetElapsedTime(_checkedAt, now) < MemoryCheckInterval)
        {
            return;
        }

        _checkedAt = now;
        if (child.ReadMemory() is { } memory && memory > limit)
            child.Kill(string.Create(CultureInfo.InvariantCulture,
                $"was stopped: it took {memory / Mebibyte} MiB of memory, over its limit of {limit / Mebibyte} (maxMemoryMiB)"));
    }
}
