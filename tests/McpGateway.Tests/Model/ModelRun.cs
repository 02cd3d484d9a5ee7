using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Sessions;
using McpGateway.Tests.JsonRpc;
using McpGateway.Tests.Properties.Model;
using McpGateway.Tests.Sessions;

namespace McpGateway.Tests.Model;

/// <summary>
/// One random walk: each step is told to the <see cref="Reference"/>, done to the gateway, and what comes out of every
/// stream and every stdin is compared. The same seed walks the same way.
/// </summary>
internal sealed partial class ModelRun : IDisposable
{
    private const int StepsInAFailure = 30;
    private const int SessionsAtMost = 7;

    private static readonly ServerTimes Times =
        new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30));

    private static readonly SessionOwner[] Owners = [SessionsFixture.Alice, SessionsFixture.Alice, SessionsFixture.Bob];

    private readonly int _seed;
    private readonly Random _random;
    private readonly Action<string>? _print;
    private readonly List<string> _steps = [];
    private readonly SessionsFixture _fixture = new();
    private readonly StdioServerState _server;
    private readonly SessionManager _manager;
    private readonly SessionlessCalls _sessionless;
    private readonly Reference _reference;
    private readonly (int Weight, Func<Task<bool>> Step)[] _choices;
    private int _marker;

    public ModelRun(Isolation isolation, int seed, Action<string>? print)
    {
        _seed = seed;
        _print = print;
        _random = new Random(seed);
        var maxProcesses = _random.Next(2, 7);
        _server = new StdioServerState(new ServerConfig
        {
            OnExit = OnExit.Terminate, // what becomes of sessions then is the model's; revival has tests of its own
            Name = "one",
            Target = new StdioTarget { Command = Environment.ProcessPath!, Isolation = isolation },
            StartTimeout = Times.Start,
            RequestTimeout = Times.Request,
            RequestMaximum = Times.Maximum,
            IdleTimeout = Times.Idle,
            MaxProcesses = maxProcesses,
        });
        _manager = _fixture.Manager();
        _sessionless = new SessionlessCalls(_manager);
        _reference = new Reference(isolation, maxProcesses, Times, _random, _fixture.Time);
        _choices = [.. ClientSteps(), .. ChildSteps(), .. LifeSteps()];
    }

    /// <exception cref="ModelException">The gateway did what the reference does not expect.</exception>
    public async Task WalkAsync(int steps)
    {
        try
        {
            while (_steps.Count < steps)
            {
                _fixture.Time.Advance(TimeSpan.FromMilliseconds(1)); // of two calls one is always the older
                var before = _steps.Count;
                _server.StartBackoff.Succeeded(); // the model has no delay after failed starts
                if (await Choose()())
                    await SettleAsync();
                else if (_steps.Count > before)
                    throw new InvalidOperationException("A step was described and not taken.");
            }

            await EndAsync();
        }
        catch (Exception exception)
        {
            var last = string.Join('\n', _steps.TakeLast(StepsInAFailure));
            throw new ModelException($"Seed {_seed}, step {_steps.Count}: {exception.Message}\n{last}", exception);
        }
    }

    public void Dispose() => _fixture.Dispose();

    private async Task EndAsync()
    {
        Say("the end");
        await _manager.EndAllAsync().Soon();
        await _fixture.Children.EndAllAsync().Soon();
        foreach (var stream in _streams)
            stream.Actual.Abandon();
        await Waiting.UntilAsync(() => _server.Processes == 0);
        await Waiting.UntilAsync(() => _fixture.Budget.Queued == 0);
        Check(_manager.Count == 0, "sessions are left");
    }

    private Func<Task<bool>> Choose()
    {
        var at = _random.Next(_choices.Sum(choice => choice.Weight));
        return _choices.First(choice => (at -= choice.Weight) < 0).Step;
    }

    private void Say(string step)
    {
        _steps.Add($"{_steps.Count + 1,4}. {step}");
        _print?.Invoke(_steps[^1]);
    }

    private static void Check(bool condition, string message)
    {
        if (!condition)
            throw new ModelException(message);
    }

    private string NextMarker() => $"m{++_marker}";

    private bool Happens(int percent) => _random.Next(100) < percent;

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];

    private T? PickFrom<T>(IEnumerable<T> values)
        where T : class => values.ToArray() is { Length: > 0 } some ? Pick(some) : null;

    // Small and alike, so that they collide with each other and with the gateway's own.
    private JsonValue NextId() =>
        _random.Next(3) == 0 ? JsonValue.Create(Pick("1", "2", "a")) : JsonValue.Create(_random.Next(1, 8));

    private static JsonObject Request(JsonNode id, string method, JsonObject parameters) =>
        new() { ["jsonrpc"] = "2.0", ["id"] = id.DeepClone(), ["method"] = method, ["params"] = parameters };

    private static JsonObject Notification(string method, JsonObject parameters) =>
        new() { ["jsonrpc"] = "2.0", ["method"] = method, ["params"] = parameters };

    private static string Text(JsonObject json) => json.ToJsonString(Readable.Options);

    private static JsonRpcMessage Message(JsonObject json) => Json.Message(Text(json));
}

/// <summary>The gateway and the reference differ.</summary>
internal sealed class ModelException(string message, Exception? inner = null) : Exception(message, inner);
