using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Chaos;

/// <summary>
/// One client's session, or its calls without one: what it asks, and everything that the gateway sends to it. Its requests, and
/// their progress tokens, are numbered from 1 as everybody else's are.
/// </summary>
internal abstract partial class Conversation(ChaosServer server, string user, int number, Uri gateway, Tally tally)
{
    // Well below the time-out for idle sessions: one that was heard of so lately cannot have ended.
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(0.5);

    // Beyond every time-out that the gateway has: who waits longer than this was forgotten.
    private static readonly TimeSpan Timeout = 3 * TestHttp.Timeout;

    private readonly ConcurrentDictionary<string, ChaosCall> _calls = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _questions = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Task> _background = [];
    private readonly CancellationTokenSource _leaving = CancellationTokenSource.CreateLinkedTokenSource(TestHttp.Token);
    private long _heardAt = TimeProvider.System.GetTimestamp();
    private int _lastId;

    public ChaosServer Server => server;

    protected Tally Tally => tally;

    /// <summary>Whether the client has gone without a word: what it still waited for is nobody's any more.</summary>
    protected bool HasLeft => _leaving.IsCancellationRequested;

    private string Mark => $"{user}/{number}/";

    /// <returns>False when the gateway had no room for it, or its child could not be started.</returns>
    public abstract Task<bool> OpenAsync();

    /// <summary>Takes leave as the protocol wants it; at once where it knows no leave.</summary>
    public abstract Task EndAsync();

    /// <summary>Sends a request and waits until it is answered.</summary>
    /// <param name="step">What to ask.</param>
    /// <param name="cancel">Whether to take it back at once.</param>
    public async Task<ChaosCall> CallAsync(Step step, bool cancel = false)
    {
        var id = Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        var call = _calls[id] = new ChaosCall(id, $"{Mark}{id}/", step);
        tally.Calls.Add(call);
        tally.Count($"calls of {step.Name}");
        var sending = GuardAsync(() => SendAsync(call, step.Body(id, call.Mark)));
        if (cancel)
        {
            call.Excuse();
            tally.Count("calls cancelled");
            await TellAsync(Rpc.Notification("notifications/cancelled", $$"""{"requestId":{{id}}}"""));
        }

        await sending;
        try
        {
            await call.Ended.WaitAsync(Timeout, TestHttp.Token);
        }
        catch (TimeoutException)
        {
            tally.Fail($"no answer to {step.Name} of {call.Mark} at {server.Name}");
        }

        return call;
    }

    /// <summary>Drops its connections, whatever is in flight.</summary>
    public async Task LeaveAsync()
    {
        foreach (var call in _calls.Values)
            call.Excuse();
        await _leaving.CancelAsync();
        await Task.WhenAll(_background);
        Hang();
    }

    /// <summary>What is still being done for it.</summary>
    protected void InBackground(Func<Task> work) => _background.Add(Task.Run(() => GuardAsync(work)));

    protected abstract Task SendAsync(ChaosCall call, string body);

    protected abstract Task<Answer> PostAsync(string body);

    /// <summary>Closes what it has read.</summary>
    protected abstract void Hang();

    protected Task<Answer> RequestAsync(HttpMethod method, string path, string? body, params (string, string)[] headers) =>
        TestHttp.SendAsync(
            method, new Uri(gateway, path), body is null ? null : TestHttp.Json(body), _leaving.Token,
            [.. headers, .. TestUsers.HeaderOf(user)]);

    /// <summary>Sends a notification or an answer.</summary>
    protected async Task TellAsync(string body) => await GuardAsync(async () =>
    {
        using var answer = await PostAsync(body);
        if (answer.Status is not 202)
            await RefusedAsync(answer);
    });

    /// <summary>Begins it as clients do.</summary>
    /// <returns>Whether the server took part.</returns>
    protected async Task<bool> InitializeAsync()
    {
        if (!(await CallAsync(Step.Initialize)).HasResult)
            return false;
        await TellAsync(Rpc.Notification("notifications/initialized"));
        return true;
    }

    /// <summary>Takes what the gateway answered instead of taking a message.</summary>
    protected async Task RefusedAsync(Answer answer, ChaosCall? call = null)
    {
        if (answer.Status is 404 && TimeProvider.System.GetElapsedTime(Volatile.Read(ref _heardAt)) < Lately)
            tally.Fail($"the session of {Mark} at {server.Name} is gone, though it was in use");
        var message = await answer.JsonAsync();
        ForeseenErrors.Judge(answer.Status, message, answer.Header("Retry-After"), server.Name, tally);
        if (call is null)
            return;
        if (!message.IsAnswerTo(call.Id) || !call.TryAnswer())
            tally.Fail($"{call.Mark} was refused with {message.GetRawText()}");
        tally.Count("answers");
    }

    /// <summary>Reads a stream to its end.</summary>
    protected async Task ReadAsync(Answer stream)
    {
        while (await stream.ReadOnAsync(_leaving.Token) is { } next)
            Accept(JsonElement.Parse(next.Data));
    }

    /// <summary>The only stream on which these could be answered has ended.</summary>
    protected void EndOf(IEnumerable<ChaosCall> calls)
    {
        foreach (var call in calls.Where(call => !call.IsAnswered && !call.IsExcused && !HasLeft))
        {
            tally.Fail($"the stream ended without an answer to {call.Step.Name} of {call.Mark} at {server.Name}");
            call.Excuse();
        }
    }

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception exception) when (
            HasLeft && exception is IOException or ObjectDisposedException or OperationCanceledException or HttpRequestException)
        {
            // It has closed its connections itself.
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !TestHttp.Token.IsCancellationRequested)
        {
            tally.Fail($"{Mark} at {server.Name} failed: {exception}");
        }
    }
}
