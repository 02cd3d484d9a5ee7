using System.Runtime.Versioning;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Launching.Linux;
using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.Tests.Configuration;
using McpGateway.Tests.Shared;

namespace McpGateway.Tests.Backends.Stdio.Launching.Linux;

[SupportedOSPlatform("linux")]
public sealed class OwnSessionTests : IDisposable
{
    private const UnixFileMode ReadAndExecute = UnixFileMode.UserRead | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _folder = new();

    public OwnSessionTests()
    {
        Skip.Unless(OperatingSystem.IsLinux(), "Sessions are Linux's.");
        Skip.Unless(OwnSession.IsAvailable, "The program 'setsid' (util-linux) is missing.");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "it is neither a program nor a script with a \"#!\" line")]
    [InlineData("echo no first line\n", "it is neither a program nor a script with a \"#!\" line")]
    [InlineData("#!/no/such/interpreter -x\n", "its interpreter '/no/such/interpreter': No such file or directory")]
    [InlineData("#!/bin/sh\r\necho hello\r\n", @"its interpreter '/bin/sh\r': No such file or directory")]
    public void Wrap_FileThatTheKernelWouldNotStart_SaysWhy(string text, string reason)
    {
        var file = Write(text, ReadAndExecute);
        var error = Assert.Throws<ChildLaunchException>(() => OwnSession.Wrap(Spec(file)));
        Assert.Equal($"'{file}' cannot be started: {reason}", error.Message);
    }

    [Fact]
    public void Wrap_FileWithoutExecutePermission_SaysSo()
    {
        var file = Write("#!/bin/sh\n", UnixFileMode.UserRead);
        var error = Assert.Throws<ChildLaunchException>(() => OwnSession.Wrap(Spec(file)));
        Assert.EndsWith("cannot be started: Permission denied", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#!/bin/sh\n")]
    [InlineData("#! /usr/bin/env node\n")]
    [InlineData("#!relative/to/the/folder\n")]
    [InlineData("\u007fELF\0")]
    public void Wrap_FileThatTheKernelMayStart_IsWrapped(string text)
    {
        var spec = Spec(Write(text, ReadAndExecute));
        var wrapped = OwnSession.Wrap(spec);
        Assert.Equal("setsid", Path.GetFileName(wrapped.Wrapper));
        Assert.Equal(spec, wrapped with { Wrapper = null });
    }

    private string Write(string text, UnixFileMode mode)
    {
        var file = _folder.Write("program", text);
        File.SetUnixFileMode(file, mode);
        return file;
    }

    private static LaunchSpec Spec(string file) => new(file, ["-c", "a b"], new Dictionary<string, string>(), null);
}
