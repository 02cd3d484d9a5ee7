using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.Configuration;
using McpGateway.Sessions;
using McpGateway.Tests.Configuration;

namespace McpGateway.Tests.Backends.Stdio.Launching;

public sealed class ChildEnvironmentTests
{
    [Fact]
    public void For_NotInherited_HoldsTheSafeOnesAndTheDeclared()
    {
        // A name of its own: the environment belongs to all tests.
        const string secret = "MCPGATEWAY_TEST_SECRET_A";
        Environment.SetEnvironmentVariable(secret, "s");
        try
        {
            var variables = ChildEnvironment.For(Target(inherit: false, ("DECLARED", "d")));
            Assert.Equal("d", variables["DECLARED"]);
            Assert.Equal(Environment.GetEnvironmentVariable("PATH"), variables["PATH"]);
            Assert.DoesNotContain(secret, variables.Keys);
        }
        finally
        {
            Environment.SetEnvironmentVariable(secret, null);
        }
    }

    [Fact]
    public void For_Inherited_HoldsAll()
    {
        const string name = "MCPGATEWAY_TEST_SECRET_B";
        Environment.SetEnvironmentVariable(name, "s");
        try
        {
            Assert.Equal("s", ChildEnvironment.For(Target(inherit: true))[name]);
            Assert.Equal("declared", ChildEnvironment.For(Target(inherit: true, (name, "declared")))[name]);
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    [Fact]
    public void For_Declared_WinsOverTheSafeList() =>
        Assert.Equal("/only", ChildEnvironment.For(Target(inherit: false, ("PATH", "/only")))["PATH"]);

    private static StdioTarget Target(bool inherit, params (string Name, string Value)[] declared) => new()
    {
        Command = "x",
        InheritEnvironment = inherit,
        Environment = new EquatableMap<string>(declared.Select(one => KeyValuePair.Create(one.Name, one.Value))),
    };
}

public sealed class CommandResolverTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Resolve_Name_IsFoundOnTheChildsPathInItsOrder()
    {
        _folder.Write("a/tool", string.Empty); // not executable
        var second = Program("b/tool");
        var path = string.Join(Path.PathSeparator, _folder.File("a"), _folder.File("b"), _folder.File("c"));
        Program("c/tool");
        Assert.Equal(second, CommandResolver.Resolve("tool", Environment(path), null));
    }

    [Fact]
    public void Resolve_NameNotOnTheChildsPath_SaysWhatToDo()
    {
        var error = Assert.Throws<ChildLaunchException>(() => CommandResolver.Resolve("dotnet", Environment(_folder.Path), null));
        Assert.Contains("'dotnet' was not found on PATH", error.Message, StringComparison.Ordinal);
        Assert.Throws<ChildLaunchException>(() => CommandResolver.Resolve("dotnet", new Dictionary<string, string>(), null));
    }

    [Fact]
    public void Resolve_RelativePath_StartsAtTheWorkingDirectory()
    {
        var file = Program("bin/tool");
        Assert.Equal(file, CommandResolver.Resolve(Path.Combine("bin", "tool"), Environment(string.Empty), _folder.Path));
    }

    [Fact]
    public void Resolve_PathThatDoesNotExist_SaysSo()
    {
        var error = Assert.Throws<ChildLaunchException>(
            () => CommandResolver.Resolve(_folder.File("tool"), Environment(_folder.Path), null));
        Assert.Contains("does not exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_Folder_IsNoProgram()
    {
        _folder.Write("tool/file", string.Empty);
        Assert.Throws<ChildLaunchException>(() => CommandResolver.Resolve("tool", Environment(_folder.Path), null));
    }

    private string Program(string name)
    {
        var file = _folder.Write(name, string.Empty);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return file;
    }

    private static Dictionary<string, string> Environment(string path) => new() { ["PATH"] = path };
}
