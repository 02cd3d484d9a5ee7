using System.Diagnostics;
using System.Runtime.Versioning;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Launching.Linux;
using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.Tests.Shared;

namespace McpGateway.Tests.Backends.Stdio.Launching.Linux;

[SupportedOSPlatform("linux")]
[Collection(nameof(Launches))]
public sealed class ProcessTreeTests : LauncherTests
{
    public ProcessTreeTests() => Skip.Unless(OperatingSystem.IsLinux(), "Only Linux finds all of a process tree.");

    /// <summary>Ways in which a descendant gets out of reach. All ignore what they can ignore.</summary>
    public static TheoryData<string, string> Escapes => new()
    {
        { "in the group", "(trap '' TERM HUP; {0}; exec sleep 600) &" },
        { "in a session of its own", "setsid sh -c 'trap \"\" TERM HUP; {0}; exec sleep 600' &" },
        { "a daemon", "(setsid sh -c '(trap \"\" TERM HUP; {0}; exec sleep 600 <&- >&- 2>&-) &' &) <&- >&- 2>&-" },
        {
            "a daemon without environment",
            "(env -i DIR=\"$DIR\" setsid sh -c '({0}; exec env -i /bin/sleep 600) &' &) <&- >&- 2>&-"
        },
    };

    [Theory]
    [MemberData(nameof(Escapes))]
    public async Task Stop_WithADescendant_LeavesNothing(string kind, string script)
    {
        using var child = Shell(WithDescendant(script));
        await Pids.UntilWrittenAsync(Folder, "descendant");

        await StopStubbornAsync(child);

        Assert.True(Pids.Left(Folder).Length == 0, kind);
    }

    [Theory]
    [MemberData(nameof(Escapes))]
    public async Task Dispose_WithoutAStop_LetsItEndAndThenLeavesNothing(string kind, string script)
    {
        var child = Shell(WithDescendant(script));
        await Pids.UntilWrittenAsync(Folder, "descendant");

        child.Dispose(); // it ends because its standard input does

        await child.Exited.Soon();
        await Pids.UntilGoneAsync(Folder);
        Assert.NotEmpty(kind);
    }

    [Theory]
    [InlineData("{0}; read line")]
    [InlineData("sh -c '{0}; sleep 600' & read line")]
    [InlineData("(setsid sh -c '{0}; sleep 600' &) <&- >&- 2>&-; read line")]
    public async Task ReadMemory_IsThatOfAllItsDescendants(string script)
    {
        var hold = $"x=$(head -c 30000000 /dev/zero | tr \"\\\\0\" x); {Say("held")}";
        using var child = Shell(script.Replace("{0}", hold, StringComparison.Ordinal));
        using var small = Shell("read line");
        await Pids.UntilWrittenAsync(Folder, "held");
        Assert.InRange(small.ReadMemory()!.Value, 1, 5_000_000);
        await Waiting.UntilAsync(() => child.ReadMemory() > 30_000_000); // an orphan is seen by the next scan
        await StopAsync(small);
        await StopStubbornAsync(child);
        Assert.Equal(0, child.ReadMemory());
    }

    [Theory]
    [InlineData("setsid")] // out of the group with each generation
    [InlineData("exec")] // in the group
    public async Task Stop_OfOneThatForksForEver_LeavesNothing(string how)
    {
        var (storm, later) = (ForkingScript("storm", how), ForkingScript("later", how));
        using var child = Shell($"{storm} 20000; {storm} 20000; cat");
        await Waiting.UntilAsync(() => Generations(storm) > 5);

        await StopStubbornAsync(child);

        // The stop returns when nothing is left. Had anything been left, it would fork while another storm does.
        var last = Generations(storm);
        using var other = Shell($"{later} 50; cat");
        await Waiting.UntilAsync(() => Generations(later) > 50);
        Assert.Equal(last, Generations(storm));
        await StopStubbornAsync(other);
    }

    [Theory]
    [InlineData("exec cat")]
    [InlineData("exit 3")] // it has been reaped when its stop begins
    public async Task Stop_WithAnOrphanWithoutATag_FindsItByItsSession(string end)
    {
        using var child = Shell(
            $"(prlimit --msgqueue=1000:1000 sh -c 'trap \"\" TERM HUP; {Say("orphan")}; exec sleep 600' &) <&- >&- 2>&-\n"
            + $"while ! [ -s \"$DIR\"/orphan ]; do sleep 0.01; done; {end}");
        await Pids.UntilWrittenAsync(Folder, "orphan");

        await StopStubbornAsync(child);

        Assert.Empty(Pids.Left(Folder));
    }

    [Fact]
    public async Task Stop_WithADaemonThatEndsWhenAsked_LetsItEndInGoodOrder()
    {
        using var child = Shell(
            "(setsid sh -c 'trap \"rm $DIR/started; exit\" TERM; echo $$ > $DIR/started; while :; do sleep 0.01; done' &) "
            + "<&- >&- 2>&-; cat");
        await Pids.UntilWrittenAsync(Folder, "started");
        await StopAsync(child);
        Assert.False(File.Exists(Folder.File("started")));
    }

    [Fact]
    public async Task Stop_OfMany_EachTakesItsOwnAndNoOthers()
    {
        const string daemon = "(setsid sh -c 'echo $$ > \"$DIR\"/'$0'; exec sleep 600' &) <&- >&- 2>&-; cat";
        var children = Enumerable.Range(0, 10).Select(number => Start("/bin/sh", "-c", daemon, $"d{number}")).ToArray();
        for (var number = 0; number < children.Length; number++)
            await Pids.UntilWrittenAsync(Folder, $"d{number}");

        for (var left = children.Length; left > 0; left--)
        {
            Assert.Equal(left, Pids.Left(Folder).Length);
            await StopAsync(children[left - 1]);
        }

        Assert.Empty(Pids.Left(Folder));
    }

    [Fact]
    public async Task Child_HasNoDescriptorsButItsPipesAndDefaultSignals()
    {
        using var child = Shell(
            "ls /proc/self/fd | sort -n | tr '\\n' ' '; grep -E 'Sig(Blk|Ign)' /proc/self/status | tr -s '\\t\\n' ' '; "
            + "kill -PIPE $$");
        // The 3 is the directory that ls reads.
        Assert.Equal(
            "0 1 2 3 SigBlk: 0000000000000000 SigIgn: 0000000000000000 ", await ReadTextAsync(child.StandardOutput));
        Assert.Equal(new ChildExit(null, 13), await child.Exited.Soon());
        await StopAsync(child);
    }

    [Fact]
    public async Task Child_LeadsASessionAndAGroupOfItsOwn()
    {
        using var child = Shell("cat");
        await Waiting.UntilAsync(
            () => ProcFiles.Stat(child.Id) is { } stat && (stat.Session, stat.Group) == (child.Id, child.Id));
        await StopAsync(child);
    }

    [Fact]
    public async Task Child_OfAProcessWithAnOpenDescriptor_DoesNotInheritIt()
    {
        var leak = Libc.Open("/dev/null", 0); // not close-on-exec
        using var child = Shell("ls /proc/self/fd | sort -n | tr '\\n' ' '");
        Assert.Equal("0 1 2 3 ", await ReadTextAsync(child.StandardOutput));
        await StopAsync(child);
        Libc.Close(leak);
    }

    [Fact]
    public async Task TwoHundred_AtOnce_AnswerAndLeaveNoDescriptor()
    {
        var before = OpenPipes();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => Task.Run(async () =>
        {
            using var child = Start("/bin/cat");
            await child.StandardInput.WriteAsync("hello\n"u8.ToArray());
            Assert.Equal("hello", await ReadLineAsync(child));
            await StopAsync(child);
            Assert.Equal(new ChildExit(0, null), await child.Exited);
            Assert.False(Directory.Exists($"/proc/{child.Id}"));
        })));
        // Others in this program come and go, two hundred times three do not.
        await Waiting.UntilAsync(() => OpenPipes() < before + 100);
    }

    [Fact]
    public async Task Exited_BesideTheFrameworksOwnProcesses_IsRightForBoth()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 100), async (number, cancellationToken) =>
        {
            var code = number % 50;
            if (number % 2 == 0)
            {
                using var child = Shell($"(setsid sleep 0 &); exit {code}");
                Assert.Equal(new ChildExit(code, null), await child.Exited.Soon());
                await StopAsync(child);
            }
            else
            {
                using var process = Process.Start("/bin/sh", ["-c", $"exit {code}"]);
                await process.WaitForExitAsync(cancellationToken).Soon();
                Assert.Equal(code, process.ExitCode);
            }
        });
    }

    [Fact]
    public async Task AProcessOfTheFramework_IsLeftAloneByEveryStop()
    {
        using var process = Process.Start("/usr/bin/setsid", ["sleep", "600"]);
        using var child = Shell("(setsid sleep 600 &); cat");
        await StopAsync(child);
        Assert.False(process.HasExited);
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Equal(128 + 9, process.ExitCode);
    }

    private static string WithDescendant(string script) =>
        $"{Say("child")}; {script.Replace("{0}", Say("descendant"), StringComparison.Ordinal)}\n exec cat";

    /// <summary>Starts itself anew as often as its argument says, and counts that in a file beside it.</summary>
    private string ForkingScript(string name, string how)
    {
        var script = Folder.Write(name, $"""
            #!/bin/sh
            trap '' TERM HUP
            echo >> "$0.generations"
            [ $1 -gt 0 ] && {how} "$0" $(($1 - 1)) </dev/null >/dev/null 2>&1 &
            exit 0
            """);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return script;
    }

    private static long Generations(string script) =>
        File.Exists(script + ".generations") ? new FileInfo(script + ".generations").Length : 0;

    private static int OpenPipes() => Directory.GetFiles("/proc/self/fd")
        .Count(file => new FileInfo(file).LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) is true);
}
