using System.Collections.Concurrent;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.Sessions;
using McpGateway.Tests.Backends.Stdio;
using McpGateway.Tests.Sessions;

namespace McpGateway.Tests.Model;

/// <summary>
/// Many clients and children at once, in no order. Each payload carries the name of the session that it is for, so that
/// whoever sees it can tell whether he may.
/// </summary>
internal sealed class Crowd : IDisposable
{
    private const int Clients = 8;

    private readonly SessionsFixture _fixture = new();
    private readonly ConcurrentQueue<string> _wrongs = new();
    private readonly ConcurrentBag<Task> _children = [];
    private readonly CancellationTokenSource _over = new();
    private readonly int _seed;
    private int _names, _answers, _belongings;

    public Crowd(Isolation isolation, int seed)
    {
        _seed = seed;
        Server = new StdioServerState(new ServerConfig
        {
            Name = "one",
            Target = new StdioTarget { Command = Environment.ProcessPath!, Isolation = isolation },
        });
        Sessions = _fixture.Manager();
        Sessionless = new SessionlessCalls(Sessions);
        _fixture.Launcher.Make = Start;
    }

    public StdioServerState Server { get; }

    public SessionManager Sessions { get; }

    public SessionlessCalls Sessionless { get; }

    /// <summary>What should not have been.</summary>
    public IReadOnlyCollection<string> Wrongs => _wrongs;

    /// <summary>Calls that were answered.</summary>
    public int Answers => _answers;

    /// <summary>Messages that named the session they came to.</summary>
    public int Belongings => _belongings;

    public TimeProvider Time => _fixture.Time;

    public long Now => Time.GetTimestamp();

    public ResponseStream Post() => _fixture.Post();

    public string NextName() => $"s{Interlocked.Increment(ref _names)}";

    public void CountAnswer() => Interlocked.Increment(ref _answers);

    /// <summary>Whoever says what is for another is wrong.</summary>
    /// <param name="named">Whose it says it is; null for nobody's.</param>
    /// <param name="to">Who got it.</param>
    /// <param name="message">The message.</param>
    /// <param name="since">Since when the call runs that it belongs to, where that counts.</param>
    public void Belongs(string? named, string to, string message, long since = long.MaxValue)
    {
        if (named is null)
            return;
        Interlocked.Increment(ref _belongings);
        if (named != to && !IsOld(since))
            Wrong($"{to} got {message} after {_fixture.Time.GetElapsedTime(since)}");
    }

    public void Wrong(string what) => _wrongs.Enqueue(what);

    public async Task GatherAsync(int rounds)
    {
        var time = Task.Run(PassTimeAsync);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(
            number => Task.Run(() => new CrowdClient(this, new Random(_seed + number)).RunAsync(rounds))));
        await Sessions.EndAllAsync().Soon();
        await _fixture.Children.EndAllAsync().Soon();
        await _over.CancelAsync();
        await time;
        await Task.WhenAll(_children).Soon();
        if (Server.Processes != 0)
            Wrong($"{Server.Processes} processes are left");
        await Waiting.UntilAsync(() => _fixture.Budget.Queued == 0);
        if (Sessions.Count != 0)
            Wrong($"{Sessions.Count} sessions are left");
    }

    public void Dispose()
    {
        _over.Dispose();
        _fixture.Dispose();
    }

    // After the maximum nobody knows any more whose call it was, and what a child requests for it may come to another.
    private bool IsOld(long since) =>
        since != long.MaxValue && _fixture.Time.GetElapsedTime(since) > Server.Config.RequestMaximum / 2;

    private FakeChild Start()
    {
        var child = new FakeChild();
        var part = new CrowdChild(this, child, new Random(_seed + 1000 + _children.Count));
        _children.Add(Task.Run(part.RunAsync));
        return child;
    }

    // Some calls come to their time-outs before they are answered.
    private async Task PassTimeAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            var now = _fixture.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAll([.. Sessions.All.Select(session => session.TickAsync(now)), .. _fixture.Children.Tick(now)]);
            await Task.Yield();
        }
    }
}
