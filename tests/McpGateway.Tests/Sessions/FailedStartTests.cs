using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.Tests.Backends.Stdio;

namespace McpGateway.Tests.Sessions;

/// <summary>A start that fails counts for its server, whichever way it fails: after the second one the next waits.</summary>
public sealed class FailedStartTests : IAsyncDisposable
{
    private readonly PlayedServer _server = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Program_ThatCannotBeStarted_IsNotTriedAgainBeforeItsTime()
    {
        _server.Fixture.Launcher.Make = () => throw new ChildLaunchException("no such program");
        for (var start = 0; start < 2; start++)
            Assert.Contains("no such program", await SessionsFixture.ReadAsync(_server.Initialize()), StringComparison.Ordinal);

        await AssertWaitsAsync("no such program");
    }

    [Fact]
    public async Task Child_ThatEndsBeforeItsHandshake_IsNotStartedAgainBeforeItsTime()
    {
        for (var start = 0; start < 2; start++)
        {
            var post = _server.Initialize();
            var child = await _server.Fixture.Launcher.NextAsync();
            await child.ReadAsync();
            child.Exit(3);
            Assert.Contains("exited with code 3", await SessionsFixture.ReadAsync(post), StringComparison.Ordinal);
        }

        await AssertWaitsAsync("exited with code 3");
    }

    [Fact]
    public async Task Child_ThatDoesNotAnswerTheGatewaysInitialize_IsNotStartedAgainBeforeItsTime()
    {
        foreach (var owner in new[] { SessionsFixture.Alice, SessionsFixture.Bob })
        {
            var post = _server.AskWithoutSession(owner);
            await (await _server.Fixture.Launcher.NextAsync()).ReadAsync();
            _server.Fixture.Time.Advance(_server.State.Config.StartTimeout);
            Assert.Contains("startTimeout", await AnswerAsync(post), StringComparison.Ordinal);
            await Waiting.UntilAsync(() => _server.State.Processes == 0);
        }

        await AssertWaitsAsync("startTimeout");
    }

    // Two starts have failed by now.
    private async Task AssertWaitsAsync(string reason)
    {
        Assert.True(_server.Fixture.Children.IsFailing(_server.State));
        var refused = JsonNode.Parse((await SessionsFixture.ReadAsync(_server.Initialize()))!)!["error"]!;
        Assert.Contains("has failed 2 times", (string?)refused["message"], StringComparison.Ordinal);
        Assert.Contains(reason, (string?)refused["message"], StringComparison.Ordinal);
        Assert.Equal(2, _server.Fixture.Launcher.Count);

        var wait = TimeSpan.FromMilliseconds((long)refused["data"]!["retryAfterMs"]!);
        Assert.InRange(wait.TotalSeconds, 0.75, 1.25);
        _server.Fixture.Launcher.Make = () => new FakeChild();
        _server.Fixture.Time.Advance(wait);
        await PlayedServer.InitializedAsync(await NextChildAsync());
        await Waiting.UntilAsync(() => !_server.Fixture.Children.IsFailing(_server.State));
    }

    private Task<FakeChild> NextChildAsync()
    {
        _server.Initialize();
        return _server.Fixture.Launcher.NextAsync();
    }

    private static async Task<string?> AnswerAsync(McpGateway.Sessions.ResponseStream post)
    {
        string? next;
        do
            next = await SessionsFixture.ReadAsync(post);
        while (next == "keep-alive");
        return next;
    }
}
