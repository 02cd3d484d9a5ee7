using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Tests.Shared;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>
/// A hundred clients on one child, all of which use the same ids and progress tokens: nobody gets what is another's, and
/// everybody gets all of their own. Every other client sends its calls in batches.
/// </summary>
public sealed class SharedStressTests(ITestOutputHelper output)
{
    private const int Clients = 100;
    private const int PostsAtOnce = 4;
    private const int BatchSize = 10;

    private static readonly int CallsOfEach = Stress.Times(100);

    private readonly ConcurrentQueue<string> _misrouted = new();
    private int _answers;
    private int _progress;

    [Fact]
    public async Task Calls_UnderTheSameIdsAndTokens_AreEachAnsweredOnceToTheirOwnClient()
    {
        await using var gateway = await OneChild.StartGatewayAsync("shared");
        var started = TimeProvider.System.GetTimestamp();

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(number => RunAsync(gateway, number)));

        output.WriteLine($"{_answers} answers and {_progress} progress notifications for {Clients} clients in "
            + $"{TimeProvider.System.GetElapsedTime(started).TotalSeconds:F1} s; {_misrouted.Count} misrouted");
        Assert.Empty(_misrouted.Take(10));
        Assert.Equal(Clients * CallsOfEach, _answers);
        Assert.Equal(Clients * Enumerable.Range(1, CallsOfEach).Count(AsksProgress) * 2, _progress);
    }

    private static bool AsksProgress(int call) => call % 10 == 0;

    private async Task RunAsync(TestGateway gateway, int number)
    {
        var batches = number % 2 == 1;
        await using var client = await StreamableClient.ConnectAsync(
            gateway, version: batches ? "2025-03-26" : "2025-11-25", user: $"user{number % 10}");
        // What came here would belong to no call of this client: there is no such thing.
        using var stream = await client.OpenStreamAsync();
        using var turns = Enumerable.Range(1, CallsOfEach).Chunk(batches ? BatchSize : 1).GetEnumerator();

        await Task.WhenAll(Enumerable.Range(0, PostsAtOnce).Select(async _ =>
        {
            while (Next() is { } calls)
                await CallAsync(client, number, calls);
        }));

        await client.DeleteAsync();
        client.SessionId = null;
        foreach (var stray in await stream.AllAsync())
            _misrouted.Enqueue($"client {number}, no call: {stray.GetRawText()}");

        int[]? Next()
        {
            lock (turns)
                return turns.MoveNext() ? turns.Current : null;
        }
    }

    private async Task CallAsync(StreamableClient client, int number, int[] calls)
    {
        var bodies = calls.Select(call => Body(call, Text(number, call))).ToArray();
        using var answer = await client.PostAsync(bodies is [var only] ? only : $"[{string.Join(',', bodies)}]");
        var expected = calls.ToHashSet();
        foreach (var message in await answer.AllAsync())
        {
            if (!IsOwn(message, number, calls, out var answered) || (answered is { } id && !expected.Remove(id)))
                _misrouted.Enqueue($"client {number} got {message.GetRawText()}");
        }

        // One answer too many would not have been expected any more.
        foreach (var lost in expected)
            _misrouted.Enqueue($"client {number} was not answered {lost}");
        Interlocked.Add(ref _answers, calls.Length - expected.Count);
    }

    private static string Body(int call, string text)
    {
        var id = call.ToString(CultureInfo.InvariantCulture);
        return AsksProgress(call)
            ? Rpc.Call(id, "progress", new { steps = 2, text }, id)
            : Rpc.Call(id, "echo", new { text }, id);
    }

    private bool IsOwn(JsonElement message, int number, int[] calls, out int? answered)
    {
        answered = null;
        if (message.Method() is null)
        {
            var id = message.Get("id").GetInt32();
            answered = id;
            return calls.Contains(id) && message.Text() == Text(number, id);
        }

        var parameters = message.Get("params");
        var token = parameters.Get("progressToken").GetInt32();
        Interlocked.Increment(ref _progress);
        return message.Method() is "notifications/progress" && calls.Contains(token) && AsksProgress(token)
            && parameters.Get("message").GetString() == Text(number, token);
    }

    private static string Text(int number, int call) => $"client {number} call {call}";
}
