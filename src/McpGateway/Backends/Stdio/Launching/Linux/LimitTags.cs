using System.Buffers.Text;
using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// Tags in the soft limit for bytes in POSIX message queues (RLIMIT_MSGQUEUE). It is inherited through fork, exec and setsid, can
/// be read even of zombies, needs no privilege, and hardly any program uses it. Tags are in the upper half of the gateway's own
/// limit.
/// </summary>
internal sealed class LimitTags : ChildTags
{
    // With a smaller limit, tags would soon repeat.
    private const ulong LeastLimit = 1 << 17;

    // A larger limit, or none (RLIM_INFINITY), is treated as this one.
    private const ulong MostLimit = 1ul << 40;

    private readonly ulong _first;
    private readonly ulong _range;
    private readonly ulong _start;
    private ulong _given;

    private LimitTags(ulong limit)
    {
        _range = limit / 2;
        _first = limit - _range;
        // Random, so that the tags of another gateway around or inside this one differ.
        _start = (ulong)Random.Shared.NextInt64((long)_range);
    }

    // Useless where /proc does not show the limit.
    public static LimitTags? TryCreate() =>
        Libc.GetLimit(Libc.LimitOfMessageQueues, out var limit) == 0 && limit.Soft >= LeastLimit
        && Read(Environment.ProcessId) != None
            ? new LimitTags(Math.Min(limit.Soft, MostLimit))
            : null;

    public override ulong Next() => _first + (_start + _given++) % _range;

    // Only those that were given already: a stranger's limit may lie in the same range by chance.
    public override bool IsOurs(ulong tag) =>
        tag >= _first && tag - _first < _range && (tag - _first + _range - _start) % _range < _given;

    public override ulong Of(int pid) => Read(pid);

    // A limit belongs to the whole process, so what another thread starts meanwhile has the tag too. But that stays in the
    // gateway's session (OrphanAssignment.IsOurOwn).
    public override CliWrapProcess Start(LaunchSpec spec, ulong tag)
    {
        Libc.GetLimit(Libc.LimitOfMessageQueues, out var own);
        Libc.SetLimit(Libc.LimitOfMessageQueues, own with { Soft = tag });
        try
        {
            return CliWrapProcess.Start(spec);
        }
        finally
        {
            Libc.SetLimit(Libc.LimitOfMessageQueues, own);
        }
    }

    private static ulong Read(int pid)
    {
        var text = ProcFiles.Read($"/proc/{pid}/limits");
        var name = "Max msgqueue size"u8;
        var at = text.IndexOf(name);
        if (at < 0)
            return None;
        var value = text[(at + name.Length)..].TrimStart((byte)' ');
        if (value.StartsWith("unlimited"u8))
            return ulong.MaxValue;
        return Utf8Parser.TryParse(value, out ulong soft, out _) ? soft : None;
    }
}
