using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.Sessions;

namespace McpGateway.Tests.Backends.Stdio;

public sealed class UserEnvironmentTests
{
    private static readonly StdioTarget Target = new()
    {
        Command = Environment.ProcessPath!,
        Environment = new EquatableMap<string>(
        [
            new("PLAIN", "same"),
            new("WHO", UserText.Placeholder(UserValueSource.Claim, "sub")),
            new("AUTH", "Bearer " + UserText.Placeholder(UserValueSource.Header, "X-Token") + "!"),
        ]),
    };

    [Fact]
    public void Values_AreFilledIn_AndAreSecrets()
    {
        var user = Fill("alice", "swordfish");
        Assert.Equal("alice", user.Variables["WHO"]);
        Assert.Equal("Bearer swordfish!", user.Variables["AUTH"]);
        Assert.Equal(2, user.Variables.Count);
        Assert.Equal(["alice", "Bearer swordfish!", "swordfish"],
            user.Secrets.Distinct().Order(StringComparer.OrdinalIgnoreCase));
        Assert.DoesNotContain("swordfish", user.ToString(), StringComparison.Ordinal);
        Assert.Equal("my *** is out", new SecretRedactor(Target, user).Redact("my swordfish is out"));

        var environment = ChildEnvironment.For(Target, user);
        Assert.Equal(("same", "alice"), (environment["PLAIN"], environment["WHO"]));
    }

    [Fact]
    public void Values_TellUsersApart()
    {
        Assert.Equal(Fill("alice", "x"), Fill("alice", "x"));
        Assert.Equal(Fill("alice", "x").GetHashCode(), Fill("alice", "x").GetHashCode());
        Assert.NotEqual(Fill("alice", "x"), Fill("alice", "y"));
        Assert.NotEqual(Fill("alice", "x"), Fill("bob", "x"));
        Assert.NotEqual(Fill("ali", "cex"), Fill("alic", "ex"));
    }

    [Theory]
    [InlineData("a\nLD_PRELOAD=x")]
    [InlineData("a\r")]
    [InlineData("a\0b")]
    [InlineData("a\tb")]
    [InlineData("a\u001b[0m")]
    [InlineData("a\u0085b")]
    [InlineData("a\u007f")]
    public void Value_WithAControlCharacter_IsRefusedAndNotShown(string value)
    {
        var problem = UserEnvironment.TryFill(
            Target, (source, _) => source is UserValueSource.Claim ? "alice" : value, out var user);
        Assert.Null(user);
        Assert.Contains("the request header X-Token", problem, StringComparison.Ordinal);
        Assert.Contains("control character", problem, StringComparison.Ordinal);
        Assert.DoesNotContain(value, problem, StringComparison.Ordinal);
        Assert.NotNull(UserEnvironment.TryFill(Target, (source, _) => source is UserValueSource.Header ? "x" : value, out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Value_Missing_IsNamed(string? value) => Assert.Contains("the token claim sub",
        UserEnvironment.TryFill(Target, (source, _) => source is UserValueSource.Header ? "x" : value, out _),
            StringComparison.Ordinal);

    [Fact]
    public void Value_ThatLooksLikeAnExpansion_StaysAsItIs() =>
        Assert.Equal("${claim:sub}${HOME}", Fill("${claim:sub}${HOME}", "x").Variables["WHO"]);

    [Fact]
    public void Server_WithoutPlaceholders_HasNone()
    {
        Assert.Null(UserEnvironment.TryFill(
            new StdioTarget { Command = "x" }, (_, _) => throw new InvalidOperationException(), out var user));
        Assert.Null(user);
    }

    [Fact]
    public void Child_WithoutItsUser_IsNotStarted()
    {
        using var fixture = new ServersFixture();
        var server = new StdioServerState(new ServerConfig { Name = "one", Target = Target });
        Assert.Throws<ChildLaunchException>(() => fixture.Starter.Launch(server));
        Assert.Equal(0, fixture.Launcher.Count);
    }

    private static UserEnvironment Fill(string claim, string header)
    {
        Assert.Null(UserEnvironment.TryFill(
            Target, (source, _) => source is UserValueSource.Claim ? claim : header, out var user));
        return user!;
    }
}
