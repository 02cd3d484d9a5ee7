using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>Reads what /proc says about processes. All of it may be outdated as soon as it is read.</summary>
internal static class ProcFiles
{
    // The positions of fields, counted from the state.
    private const int Threads = 17;
    private const int Start = 19;

    private static readonly string OwnChildren = $"/proc/self/task/{Environment.ProcessId}/children";

    // The kernels of distributions have it (CONFIG_PROC_CHILDREN). Without it, all processes are read.
    private static readonly bool HasChildren = File.Exists(OwnChildren);

    /// <summary>
    /// The children that this process has adopted, zombies included, and perhaps others. The kernel makes an orphan a child of
    /// the main thread.
    /// </summary>
    public static List<int> Adopted() => HasChildren ? Numbers(OwnChildren, []) : WithParent(Environment.ProcessId);

    /// <summary>The direct children of a process, zombies included.</summary>
    public static List<int> ChildrenOf(int pid)
    {
        if (!HasChildren)
            return WithParent(pid);
        var children = new List<int>();
        try
        {
            foreach (var thread in Directory.EnumerateDirectories($"/proc/{pid}/task"))
                Numbers(thread + "/children", children);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The process is gone.
        }

        return children;
    }

    /// <summary>A process's state, parent, group, session and start; null when the process is gone.</summary>
    public static ProcessStat? Stat(int pid)
    {
        var text = Encoding.Latin1.GetString(Read($"/proc/{pid}/stat"));
        // pid (name) state parent group session … threads … start … (proc_pid_stat(5)). The name may contain anything, even
        // parentheses, so the last one ends it.
        var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length <= Start)
            return null;
        var key = new ProcessKey(pid, ulong.Parse(fields[Start], CultureInfo.InvariantCulture));
        return new ProcessStat(
            key, fields[0][0], Number(fields[1]), Number(fields[2]), Number(fields[3]), Number(fields[Threads]));
    }

    /// <summary>Bytes of memory that these processes use, without mapped files.</summary>
    // Pages of mapped files are not counted: processes share them, and the kernel can drop them at any time.
    public static long Memory(IEnumerable<int> pids) => pids.Sum(pid =>
    {
        var status = Read($"/proc/{pid}/status");
        return 1024 * (KibibytesIn(status, "RssAnon:"u8) + KibibytesIn(status, "RssShmem:"u8));
    });

    /// <summary>A file's bytes; none when it cannot be read.</summary>
    /// <param name="path">The file; it need not be in /proc.</param>
    /// <param name="limit">How many bytes are enough.</param>
    public static unsafe ReadOnlySpan<byte> Read(string path, int limit = int.MaxValue)
    {
        // Close-on-exec, because another thread may start a child before the file is closed.
        var file = Libc.Open(path, Libc.CloseOnExec);
        if (file < 0)
            return [];
        var bytes = new byte[4096];
        var filled = 0;
        while (filled < limit)
        {
            nint read;
            fixed (byte* rest = &bytes[filled])
                read = Libc.Read(file, rest, bytes.Length - filled);
            if (read <= 0)
                break;
            filled += (int)read;
            if (filled == bytes.Length)
                Array.Resize(ref bytes, 2 * bytes.Length);
        }

        Libc.Close(file);
        return bytes.AsSpan(0, Math.Min(filled, limit));
    }

    private static long KibibytesIn(ReadOnlySpan<byte> status, ReadOnlySpan<byte> name)
    {
        var start = status.IndexOf(name);
        var value = start < 0 ? [] : status[(start + name.Length)..].TrimStart(" \t"u8);
        return Utf8Parser.TryParse(value, out long number, out _) ? number : 0;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static List<int> Numbers(string path, List<int> into)
    {
        var text = Read(path);
        while (Utf8Parser.TryParse(text, out int number, out var length))
        {
            into.Add(number);
            text = text[length..].TrimStart((byte)' ');
        }

        return into;
    }

    private static List<int> WithParent(int parent) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Select(name => int.TryParse(name, out var pid) ? pid : 0)
            .Where(pid => pid > 0 && Stat(pid)?.Parent == parent),
    ];
}
