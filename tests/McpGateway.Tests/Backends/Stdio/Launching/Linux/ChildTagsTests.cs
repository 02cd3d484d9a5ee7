using System.Runtime.Versioning;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Launching.Linux;
using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.Tests.Shared;

namespace McpGateway.Tests.Backends.Stdio.Launching.Linux;

[SupportedOSPlatform("linux")]
[Collection(nameof(Launches))]
public sealed class ChildTagsTests
{
    public ChildTagsTests() => Skip.Unless(OperatingSystem.IsLinux(), "These tags are Linux's.");

    public static TheoryData<string> Kinds => ["limit", "environment"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Tag_OfAChild_IsItsDescendantsToo(string kind)
    {
        var tags = Create(kind);
        tags.Next();
        var tag = tags.Next();
        // The child, and a descendant in a session of its own.
        var environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" };
        using var child = tags.Start(new LaunchSpec("/bin/sh", ["-c", "setsid sleep 600 & wait"], environment, null), tag);
        var root = ProcFiles.Stat(child.Id)!.Value.Key;
        await Waiting.UntilAsync(() => ProcessScan.Running([root]).Count == 2);
        var tree = ProcessScan.Running([root]);
        // Between fork and exec the tag in the environment is not there yet.
        await Waiting.UntilAsync(() => tree.TrueForAll(process => tags.Of(process.Pid) == tag));

        Assert.True(tags.IsOurs(tag));
        Assert.False(tags.IsOurs(tags.Of(Environment.ProcessId)));
        Assert.False(tags.IsOurs(ChildTags.None));

        tree.ForEach(process => ProcessHandle.Signal(process.Key, Libc.SignalKill));
        Assert.Equal(new ChildExit(null, 9), await child.Exited.Soon());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Tag_NotYetGiven_IsNotOurs(string kind)
    {
        var (tags, others) = (Create(kind), Create(kind));
        var given = Enumerable.Range(0, 100).Select(_ => tags.Next()).ToArray();
        Assert.Equal(given.Length, given.Distinct().Count());
        Assert.All(given, tag => Assert.True(tags.IsOurs(tag)));
        Assert.DoesNotContain(given, others.IsOurs);
    }

    private static ChildTags Create(string kind) => kind is "limit"
        ? LimitTags.TryCreate() ?? throw new InvalidOperationException("The limit cannot be used here.")
        : new EnvironmentTags();
}
