using System.Runtime.Versioning;
using McpGateway.Backends.Stdio.Launching.Linux;

namespace McpGateway.Tests.Backends.Stdio.Launching.Linux;

[SupportedOSPlatform("linux")]
public sealed class ChildTagsTests
{
    public ChildTagsTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "These tags are Linux's.");

    public static TheoryData<string> Kinds => ["limit", "environment"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Tag_OfAChild_IsItsDescendantsToo(string kind)
    {
        var tags = Create(kind);
        tags.Next();
        var tag = tags.Next();
        // A session of its own, and another one below it.
        var child = tags.Spawn(
            new SpawnOrder("/bin/sh", ["sh", "-c", "setsid sleep 600 & wait"], ["PATH=/usr/bin:/bin"]) { OwnSession = true }, tag);
        await Waiting.UntilAsync(() => FamilyTree.Living([child]).Count == 2);
        var family = FamilyTree.Living([child]);
        // Between fork and exec the tag in the environment is not there yet.
        await Waiting.UntilAsync(() => family.TrueForAll(pid => tags.Of(pid) == tag));

        Assert.True(tags.IsOurs(tag));
        Assert.False(tags.IsOurs(tags.Of(Environment.ProcessId)));
        Assert.False(tags.IsOurs(ChildTags.None));

        family.ForEach(pid => _ = Libc.Kill(pid, Libc.SignalKill));
        await Waiting.UntilAsync(() => ChildWait.Reap(child).State is WaitState.Ended);
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
