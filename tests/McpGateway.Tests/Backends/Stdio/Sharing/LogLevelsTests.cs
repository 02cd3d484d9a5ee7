using McpGateway.Backends.Stdio.Sharing;
using McpGateway.Sessions;
using McpGateway.Tests.Sessions;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpGateway.Tests.Backends.Stdio.Sharing;

public sealed class LogLevelsTests
{
    private readonly List<string> _told = [];
    private readonly LogLevels _levels;
    private readonly Session _first = TestSessions.Any();
    private readonly Session _second = TestSessions.Any();

    public LogLevelsTests() => _levels = new LogLevels(level =>
    {
        _told.Add(level);
        return Task.CompletedTask;
    }, NullLogger.Instance);

    [Fact]
    public async Task Set_TheChildCouldNotBeTold_IsLoggedAndTheNextLevelIsTold()
    {
        var log = new RecordingLogger();
        List<string> told = [];
        var levels = new LogLevels(level =>
        {
            told.Add(level);
            return told.Count == 1 ? Task.FromException(new InvalidOperationException("no")) : Task.CompletedTask;
        }, log);
        levels.Set(_first, "error");
        await levels.ToldAsync().Soon();
        levels.Set(_first, "debug");
        await levels.ToldAsync().Soon();
        Assert.Equal(["error", "debug"], told);
        Assert.Equal("LogLevelNotTold", Assert.Single(log.Entries).EventName);
    }

    [Fact]
    public async Task Set_TellsTheChildTheMostVerboseLevel()
    {
        await SetAsync(_first, "warning");
        await SetAsync(_second, "error"); // less than is told already
        await SetAsync(_second, "debug");
        await SetAsync(_first, "notice");
        Assert.Equal(["warning", "debug"], _told);
    }

    [Fact]
    public async Task Remove_TellsTheChildWhatTheOthersWant()
    {
        await SetAsync(_first, "warning");
        await SetAsync(_second, "debug");
        _levels.Remove(_second);
        await _levels.ToldAsync().Soon();
        _levels.Remove(_first); // nobody is left to want anything
        await _levels.ToldAsync().Soon();
        Assert.Equal(["warning", "debug", "warning"], _told);
    }

    [Fact]
    public async Task Set_AfterTheSessionHasEnded_IsIgnored()
    {
        _levels.Set(await TestSessions.EndedAsync(), "debug");
        await _levels.ToldAsync().Soon();
        Assert.Empty(_told);
    }

    [Fact]
    public async Task Set_WhileTheChildIsBeingTold_TellsTheLastInTheEnd()
    {
        var gate = new TaskCompletionSource();
        List<string> told = [];
        var levels = new LogLevels(level =>
        {
            told.Add(level);
            return gate.Task;
        }, NullLogger.Instance);
        levels.Set(_first, "error");
        var telling = levels.ToldAsync();
        await Waiting.UntilAsync(() => told.Count == 1);
        levels.Set(_first, "debug");
        levels.Set(_first, "info");
        gate.SetResult();
        await telling.Soon();
        Assert.Equal(["error", "info"], told);
    }

    [Theory]
    [InlineData("debug", false)]
    [InlineData("info", true)]
    [InlineData("emergency", true)]
    [InlineData("loud", true)]
    [InlineData(null, true)]
    public async Task Wants_SessionThatAskedForNothing_GetsInfoAndAbove(string? level, bool expected)
    {
        await SetAsync(_second, "debug");
        Assert.Equal(expected, _levels.Wants(_first, level));
    }

    [Fact]
    public async Task Wants_IsEachSessionsOwn()
    {
        await SetAsync(_first, "error");
        await SetAsync(_second, "debug");
        Assert.False(_levels.Wants(_first, "warning"));
        Assert.True(_levels.Wants(_first, "error"));
        Assert.True(_levels.Wants(_second, "debug"));
    }

    [Theory]
    [InlineData("alert", true)]
    [InlineData("Alert", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void IsLevel_Name(string? name, bool expected) => Assert.Equal(expected, LogLevels.IsLevel(name));

    private Task SetAsync(Session session, string level)
    {
        _levels.Set(session, level);
        return _levels.ToldAsync().Soon();
    }
}
