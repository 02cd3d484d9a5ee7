using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace McpGateway.TestServer;

/// <summary>
/// The command line. All flags can be combined. Arguments after <c>--</c> are ignored; the tool <c>args</c> returns them.
/// </summary>
internal sealed record Flags
{
    public const string Help =
        """
        --noise N             prints N lines to stdout that are not JSON, at start
        --stderr TEXT         prints TEXT to stderr, at start
        --exit-at-start CODE  exits with CODE before it reads anything
        --hang-at-initialize  never responds to initialize
        --ignore-eof          does not exit when stdin closes
        --ignore-term         does not exit on SIGTERM
        --grandchild          starts a sleeping process that inherits the process group and all three standard streams
        --stubborn-grandchild the same, but it ignores SIGTERM. This and the next four require --pid-file
        --setsid-grandchild   the same, in a new session
        --daemon              the same, double-forked: orphaned, and without the standard streams
        --bare-daemon         the same, with an empty environment
        --fork-storm          a chain of 20,000 processes, each of which starts the next in a new session and exits
        --pid-file DIR        creates the file DIR/PID at start; it contains the pid of the grandchild, or nothing
        --page-size N         tools/list returns pages of N tools
        --revision REVISION   responds to initialize with this protocol version, whatever the client requests
        --tasks               declares support for tasks, and runs tools/call as a task if the client wants it
        --fast                returns one constant result for every request, for benchmarks
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
            if (flags is { Descendants.Count: > 0, PidDirectory: null })
                throw new FormatException("Flags that start descendants require --pid-file.");
        }
        // InvalidOperationException comes from the queue, when a flag lacks its value.
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
