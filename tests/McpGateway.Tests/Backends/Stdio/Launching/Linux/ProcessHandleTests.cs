using System.Runtime.Versioning;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Launching.Linux;
using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.Tests.Configuration;
using McpGateway.Tests.Shared;

namespace McpGateway.Tests.Backends.Stdio.Launching.Linux;

/// <summary>Signals reach the process that is meant, and not one that has its id later.</summary>
[SupportedOSPlatform("linux")]
[Collection(nameof(Launches))]
public sealed class ProcessHandleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ProcessHandleTests() => Skip.Unless(OperatingSystem.IsLinux(), "These handles are Linux's.");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Signal_ToAnEarlierProcessWithTheSameId_DoesNothing()
    {
        using var child = Shell("exec cat");
        var key = ProcFiles.Stat(child.Id)!.Value.Key;

        ProcessHandle.Signal(key with { Start = key.Start - 1 }, Libc.SignalKill);
        Assert.Null(ProcessHandle.Open(key with { Start = key.Start + 1 }));
        child.CloseInput();
        Assert.Equal(new ChildExit(0, null), await child.Exited.Soon());
    }

    [Fact]
    public async Task Signal_ToTheProcess_ReachesIt()
    {
        using var child = Shell("exec cat");
        ProcessHandle.Signal(ProcFiles.Stat(child.Id)!.Value.Key, Libc.SignalTerminate);
        Assert.Equal(new ChildExit(null, Libc.SignalTerminate), await child.Exited.Soon());
    }

    [Fact]
    public async Task SignalGroup_OfAProcessThatHasBeenReaped_ReachesWhatIsLeftOfIt()
    {
        using var child = Shell(Leaving);
        using var handle = ProcessHandle.Open(ProcFiles.Stat(child.Id)!.Value.Key)!;
        var member = await ReapedAsync(child);

        Skip.Unless(handle.TrySignalGroup(Libc.SignalKill), "Linux 6.9 and later can signal a group through a handle.");

        await Waiting.UntilAsync(() => HasEnded(member));
    }

    [Fact]
    public async Task SignalGroup_ByItsNumber_ReachesItAsLongAsAMemberIsSeen()
    {
        using var child = Shell(Leaving);
        var member = await ReapedAsync(child);
        var seen = ProcFiles.Stat(member)!.Value;

        Assert.False(ProcessGroup.TrySignal(child.Id, [], Libc.SignalKill));
        Assert.False(ProcessGroup.TrySignal(child.Id, [seen with { Key = new(member, seen.Key.Start - 1) }], Libc.SignalKill));
        Assert.False(HasEnded(member));
        Assert.True(ProcessGroup.TrySignal(child.Id, [seen], Libc.SignalKill));

        await Waiting.UntilAsync(() => HasEnded(member));
    }

    [Fact]
    public async Task Scan_FromAnEarlierProcessWithTheSameId_FindsNothing()
    {
        using var child = Shell("exec cat");
        var key = ProcFiles.Stat(child.Id)!.Value.Key;
        Assert.Equal([key], ProcessScan.Running([key]).Select(process => process.Key));
        Assert.Empty(ProcessScan.Running([key with { Start = key.Start - 1 }]));
        child.CloseInput();
        await child.Exited.Soon();
        Assert.Empty(ProcessScan.Running([key]));
    }

    // Its background process stays in its group when it has ended. It waits, or it would be gone before it is looked at.
    private string Leaving => $"sleep 600 <&- >&- 2>&- & echo $! > '{_folder.File("member")}'; read line";

    private async Task<int> ReapedAsync(CliWrapProcess child)
    {
        var member = await Pids.UntilWrittenAsync(_folder, "member");
        child.CloseInput();
        await child.Exited.Soon();
        return member;
    }

    private static bool HasEnded(int pid) => ProcFiles.Stat(pid) is not { HasEnded: false };

    private static CliWrapProcess Shell(string script) => CliWrapProcess.Start(OwnSession.Wrap(new LaunchSpec(
        "/bin/sh", ["-c", script], new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" }, null)));
}
