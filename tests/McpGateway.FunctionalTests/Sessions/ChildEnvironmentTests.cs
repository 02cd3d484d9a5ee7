using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Sessions;

/// <summary>What a child finds around it.</summary>
public sealed class ChildEnvironmentTests
{
    private const string Own = "MCPGATEWAY_TEST_OWN_VARIABLE";

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "the gateway's")]
    public async Task Variables_OfTheGateway_ReachTheChildOnlyWhenThatIsAskedFor(bool inherited, string? value)
    {
        Environment.SetEnvironmentVariable(Own, "the gateway's");
        await using var gateway = await TestGateway.StartWithTestServerAsync(keys: new()
        {
            ["inheritEnvironment"] = inherited,
            ["env"] = new JsonObject { ["DECLARED"] = "given", ["EXPANDED"] = $"${{{Own}}}" },
        });

        string[] names = [Own, "DECLARED", "EXPANDED", "PATH"];
        var seen = (await new PlainClient(gateway).CallAsync("env", new { names })).Structured();

        Assert.Equal(value, seen.Get(Own).GetString());
        Assert.Equal("given", seen.Get("DECLARED").GetString());
        Assert.Equal("the gateway's", seen.Get("EXPANDED").GetString());
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), seen.Get("PATH").GetString());
    }

    [Fact]
    public async Task Environment_OfTheChild_HoldsOnlyWhatIsSafeAndDeclared()
    {
        Environment.SetEnvironmentVariable(Own, "the gateway's");
        await using var gateway = await TestGateway.StartWithTestServerAsync();

        var names = (await new PlainClient(gateway).CallAsync("env"))
            .Structured().EnumerateObject().Select(member => member.Name);

        Assert.DoesNotContain(names, name => name.StartsWith("MCPGATEWAY_", StringComparison.Ordinal)
            || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal) || name.StartsWith("Access__", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WorkingDirectoryAndArguments_AsConfigured_AreTheChilds()
    {
        // A folder that exists, and in which nobody was started.
        var folder = Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar))!;
        string[] arguments = ["--", "a b", "$HOME", "`id`", "\"quoted\"", "", "é"];
        await using var gateway = await TestGateway.StartWithTestServerAsync(arguments, new() { ["cwd"] = folder });
        var client = new PlainClient(gateway);

        Assert.Equal(folder, (await client.CallAsync("cwd")).Text());
        var seen = (await client.CallAsync("args")).Structured().Get("args").EnumerateArray().Select(item => item.GetString());
        Assert.Equal(arguments, seen);
    }
}
