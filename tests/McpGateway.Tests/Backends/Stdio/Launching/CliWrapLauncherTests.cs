using System.Runtime.Versioning;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Tests.Backends.Stdio.Launching;

/// <summary>What the launcher promises on every platform.</summary>
[UnsupportedOSPlatform("windows")]
[Collection(nameof(Launches))]
public sealed class CliWrapLauncherTests : LauncherTests
{
    [Fact]
    public async Task Launch_MegabytesThrough_AllComeBack()
    {
        using var child = Start("/bin/cat");
        var sent = new byte[3_000_000];
        Random.Shared.NextBytes(sent);

        var received = ReadAllAsync(child.StandardOutput);
        await child.StandardInput.WriteAsync(sent, TestContext.Current.CancellationToken);
        child.StandardInput.Dispose();

        Assert.Equal(sent, await received);
        Assert.Equal(new ChildExit(0, null), await child.Exited.Soon());
        await StopAsync(child);
    }

    [Fact]
    public async Task Launch_Arguments_ArriveAsGiven()
    {
        string[] arguments = ["a b", "", "\"'$(x) ü", "*", "-"];
        using var child = Start("/bin/sh", ["-c", """printf '%s\n' "$@" """, "sh", .. arguments]);
        Assert.Equal(string.Join('\n', arguments) + "\n", await ReadTextAsync(child.StandardOutput));
        await StopAsync(child);
    }

    [Fact]
    public async Task Launch_Variables_AreThoseGivenAlone()
    {
        using var child = Launcher.Launch(new LaunchSpec(
            "/usr/bin/env", [], new Dictionary<string, string> { ["ÜMLAUT"] = "a=b ü", ["EMPTY"] = "" }, null));
        var lines = (await ReadTextAsync(child.StandardOutput)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["EMPTY=", "ÜMLAUT=a=b ü"], lines.Order(StringComparer.Ordinal));
        await StopAsync(child);
    }

    [Fact]
    public async Task Launch_InAFolder_IsThere()
    {
        using var child = Launcher.Launch(new LaunchSpec("/bin/pwd", ["-P"], new Dictionary<string, string>(), Folder.Path));
        var folder = await ReadTextAsync(child.StandardOutput);
        Assert.EndsWith(Path.GetFileName(Folder.Path) + "\n", folder, StringComparison.Ordinal);
        await StopAsync(child);
    }

    [Fact]
    public async Task Launch_ErrorOutput_IsApart()
    {
        using var child = Shell("echo out; echo err >&2");
        Assert.Equal("out\n", await ReadTextAsync(child.StandardOutput));
        Assert.Equal("err\n", await ReadTextAsync(child.StandardError));
        await StopAsync(child);
    }

    [Fact]
    public void Launch_ProgramThatCannotBeStarted_NamesItAndNotItsEnvironment()
    {
        var noProgram = Folder.Write("text", "no program");
        File.SetUnixFileMode(noProgram, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        foreach (var file in new[] { noProgram, Folder.File("missing") })
        {
            var error = Assert.Throws<ChildLaunchException>(() => Launcher.Launch(
                new LaunchSpec(file, [], new Dictionary<string, string> { ["KEY"] = "secret" }, null)));
            Assert.Contains($"'{file}' cannot be started", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("exit 0", 0, null)]
    [InlineData("exit 7", 7, null)]
    [InlineData("kill -KILL $$", null, 9)]
    [InlineData("kill -TERM $$", null, 15)]
    public async Task Exited_TellsHow(string script, int? code, int? signal)
    {
        using var child = Shell(script);
        Assert.Equal(new ChildExit(code, signal), await child.Exited.Soon());
        await StopAsync(child);
    }

    [Fact]
    public async Task Stop_OfOneThatEndsAtEndOfInput_NeedsNoSignal()
    {
        using var child = Shell("while read line; do :; done; exit 3");
        await StopAsync(child);
        Assert.Equal(new ChildExit(3, null), await child.Exited);
    }

    [Fact]
    public async Task Stop_OfOneThatIgnoresEndOfInput_AsksBySignal()
    {
        using var child = Shell("trap 'exit 4' TERM INT; echo ready; while :; do sleep 0.01; done");
        await ReadLineAsync(child);

        var stopping = child.StopAsync(StopTimes.Default);
        await Time.UntilTimersAsync(1);
        Assert.False(child.Exited.IsCompleted);
        Time.Advance(StopTimes.Default.AfterEndOfInput);
        await stopping.Soon();

        Assert.Equal(new ChildExit(4, null), await child.Exited);
    }

    [Fact]
    public async Task Stop_OfOneThatIgnoresTheSignalToo_Kills()
    {
        using var child = Shell("trap '' TERM INT; echo ready; while :; do sleep 0.01; done");
        await ReadLineAsync(child);

        var stopping = child.StopAsync(StopTimes.Default);
        await Time.UntilTimersAsync(1);
        Time.Advance(StopTimes.Default.AfterEndOfInput);
        await Time.UntilTimersAsync(1);
        Assert.False(child.Exited.IsCompleted);
        Time.Advance(StopTimes.Default.AfterTerminate);
        await stopping.Soon();

        Assert.Equal(new ChildExit(null, 9), await child.Exited);
    }

    [Fact]
    public async Task Stop_OfOneThatHasEnded_IsDoneAtOnce()
    {
        using var child = Shell("exit 5");
        await child.Exited.Soon();
        await child.StopAsync(StopTimes.Default).Soon();
        await child.StopAsync(StopTimes.Default).Soon();
        Assert.Equal(new ChildExit(5, null), await child.Exited);
    }

    [Fact]
    public async Task Stop_OfAWrapper_TakesItsGrandchildAlong()
    {
        // As npx does: it waits for what it started, and passes nothing on.
        using var child = Shell($"trap '' TERM INT; (trap '' TERM INT; {Say("grandchild")}; exec sleep 600 <&-) & wait");
        await Pids.UntilWrittenAsync(Folder, "grandchild");
        await StopStubbornAsync(child);
        await Pids.UntilGoneAsync(Folder);
    }

    [Fact]
    public async Task Pipes_OfAChildThatWasStoppedAndDisposedOf_AreClosed()
    {
        var child = Shell("cat");
        var (output, error) = (child.StandardOutput, child.StandardError);
        await StopAsync(child);
        child.Dispose();
        foreach (var stream in new[] { output, error })
            await Assert.ThrowsAnyAsync<InvalidOperationException>(
                async () => await stream.ReadExactlyAsync(new byte[1], CancellationToken.None));
    }
}
