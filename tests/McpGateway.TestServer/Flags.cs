using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace McpGateway.TestServer;

/// <summary>
/// The command line. Flags combine freely; what follows <c>--</c> is ignored here and only shown by the tool <c>args</c>.
/// </summary>
internal sealed record Flags
{
    public const string Help =
        """
        --noise N             N lines on stdout that are not JSON, at start
        --stderr TEXT         TEXT on stderr, at start
        --exit-at-start CODE  exits with CODE before it reads anything
        --hang-at-initialize  never answers initialize
        --ignore-eof          stays when stdin closes
        --ignore-term         stays on SIGTERM
        --grandchild          starts a sleeping process that inherits the process group and all three standard streams
        --stubborn-grandchild the same, and it ignores SIGTERM. This and those below need --pid-file
        --setsid-grandchild   the same in a session of its own
        --daemon              the same, double-forked: without a parent and without the standard streams
        --bare-daemon         the same with an empty environment
        --fork-storm          processes that each start the next in a session of its own and end, 20,000 in all
        --pid-file DIR        writes a file DIR/PID at start; its text is the grandchild's pid, or nothing
        --page-size N         tools/list answers in pages of N
        --revision REVISION   answers initialize with that protocol version, whatever was asked for
        --tasks               runs a tools/call with a task as one, and declares that
        --fast                answers every request with one constant result, for benchmarks
        """;

    public int Noise { get; private set; }
    public string? Stderr { get; private set; }
    public int? ExitAtStart { get; private set; }
    public bool HangAtInitialize { get; private set; }
    public bool IgnoreEof { get; private set; }
    public bool IgnoreTerm { get; private set; }
    public bool Grandchild { get; private set; }
    public List<Action<string>> Descendants { get; } = [];
    public string? PidDirectory { get; private set; }
    public int PageSize { get; private set; } = int.MaxValue;
    public string? Revision { get; private set; }
    public bool Tasks { get; private set; }
    public bool Fast { get; private set; }

    public static bool TryParse(string[] args, out Flags flags, [NotNullWhen(false)] out string? problem)
    {
        flags = new Flags();
        problem = null;
        try
        {
            var rest = new Queue<string>(args.TakeWhile(a => a is not "--"));
            while (rest.TryDequeue(out var flag)) flags.Set(flag, rest);
            if (flags is { Descendants.Count: > 0, PidDirectory: null }) throw new FormatException("Descendants need --pid-file.");
        }
        catch (Exception e) when (e is FormatException or OverflowException or InvalidOperationException)
        {
            problem = $"{e.Message}\n{Help}";
        }
        return problem is null;
    }

    private void Set(string flag, Queue<string> rest)
    {
        switch (flag)
        {
            case "--noise": Noise = Number(rest); break;
            case "--stderr": Stderr = rest.Dequeue(); break;
            case "--exit-at-start": ExitAtStart = Number(rest); break;
            case "--hang-at-initialize": HangAtInitialize = true; break;
            case "--ignore-eof": IgnoreEof = true; break;
            case "--ignore-term": IgnoreTerm = true; break;
            case "--grandchild": Grandchild = true; break;
            case "--stubborn-grandchild": Descendants.Add(TestServer.Descendants.StartInGroup); break;
            case "--setsid-grandchild": Descendants.Add(TestServer.Descendants.StartInSession); break;
            case "--daemon": Descendants.Add(TestServer.Descendants.StartDaemon); break;
            case "--bare-daemon": Descendants.Add(TestServer.Descendants.StartBareDaemon); break;
            case "--fork-storm": Descendants.Add(TestServer.Descendants.StartStorm); break;
            case "--pid-file": PidDirectory = rest.Dequeue(); break;
            case "--page-size": PageSize = Number(rest); break;
            case "--revision": Revision = rest.Dequeue(); break;
            case "--tasks": Tasks = true; break;
            case "--fast": Fast = true; break;
            default: throw new FormatException($"Unknown flag {flag}.");
        }
    }

    private static int Number(Queue<string> rest) => int.Parse(rest.Dequeue(), CultureInfo.InvariantCulture);
}
