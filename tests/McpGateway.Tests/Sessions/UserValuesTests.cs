using System.Security.Claims;
using McpGateway.Configuration;
using McpGateway.Http;
using McpGateway.Policies;
using McpGateway.Sessions;
using Microsoft.AspNetCore.Http;

namespace McpGateway.Tests.Sessions;

public sealed class UserValuesTests
{
    [Fact]
    public void ValuesOfTheRequest_AreRead()
    {
        Assert.Null(Read(["alice"], ["one"], out var user));
        Assert.Equal(("alice", "one"), (user!.Variables["WHO"], user.Variables["TOKEN"]));
    }

    [Theory]
    [InlineData(new[] { "alice", "bob" }, new[] { "one" })]
    [InlineData(new string[0], new[] { "one" })]
    [InlineData(new[] { "alice" }, new[] { "one", "two" })]
    [InlineData(new[] { "alice" }, new string[0])]
    [InlineData(new[] { "alice\nX=1" }, new[] { "one" })]
    public void ValueThatIsNotOne_IsForbiddenWithoutAChallenge(string[] claims, string[] headers)
    {
        var refusal = Read(claims, headers, out var user)!;
        Assert.Null(user);
        Assert.Equal(RefusalReason.Forbidden, refusal.Reason);
        Assert.Empty(refusal.Scopes);
    }

    [Fact]
    public void Header_ThatIsNotInTheSettings_IsNone() => Assert.NotNull(Read(["alice"], ["one"], out _, "X-Other"));

    [Theory]
    [InlineData("one", true)]
    [InlineData("\u0436", false)] // headers hold ASCII
    [InlineData("a\nb", false)]
    public void Headers_OfARemoteServer_AreFilledIn(string value, bool isTaken)
    {
        var context = new DefaultHttpContext { User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", value)])) };
        var target = new RemoteTarget
        {
            Url = new Uri("https://x.test"),
            Transport = RemoteTransport.StreamableHttp,
            Headers = new EquatableMap<string>(
                [new("X-Who", "user " + UserText.Placeholder(UserValueSource.Claim, "sub")), new("X-Plain", "plain")]),
        };
        var refusal = UserValues.TryRead(new ClientRequest(context, string.Empty, new AccessOptions()), target, out var headers);
        Assert.Equal(isTaken ? null : RefusalReason.Forbidden, refusal?.Reason);
        Assert.DoesNotContain(value, refusal?.Error.Message ?? string.Empty, StringComparison.Ordinal);
        if (isTaken)
            Assert.Equal(("user one", "plain"), (headers["x-who"], headers["X-Plain"]));
    }

    private static Refusal? Read(string[] claims, string[] headers, out UserEnvironment? user, string allowed = "x-token")
    {
        var context = new DefaultHttpContext { User = new ClaimsPrincipal(
            new ClaimsIdentity(claims.Select(claim => new Claim("sub", claim)))) };
        context.Request.Headers["X-Token"] = headers;
        var target = new StdioTarget
        {
            Command = "x",
            Environment = new EquatableMap<string>(
            [
                new("WHO", UserText.Placeholder(UserValueSource.Claim, "sub")),
                new("TOKEN", UserText.Placeholder(UserValueSource.Header, "X-Token")),
            ]),
        };
        return UserValues.TryRead(
            new ClientRequest(context, string.Empty, new AccessOptions { UserHeaders = [allowed] }), target, out user);
    }
}
