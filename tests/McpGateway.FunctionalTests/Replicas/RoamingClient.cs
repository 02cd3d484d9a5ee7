using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Replicas;

/// <summary>What happened to a client: which session it had, and what part of the test it was.</summary>
internal sealed record Happening(string What, string? Owner, int Part, string Detail);

/// <summary>
/// A client that does what the specification says: a session that is gone (404) is opened anew, and a request that was not
/// taken is sent again. One that was taken and not answered is lost.
/// </summary>
internal sealed class RoamingClient(Uri gateway, int number, bool isSse, string server) : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);

    private readonly (string, string)[] _key = [("X-API-Key", ReplicatedGateway.KeyOf(number))];
    private CancellationTokenSource _leaving = new();
    private Answer? _stream;
    private Task _reading = Task.CompletedTask;
    private Mailbox _inbox = new();
    private Uri _target = null!;
    private string? _session;
    private int _calls;

    public ConcurrentQueue<Happening> Happenings { get; } = new();

    /// <summary>Right answers.</summary>
    public int Answered { get; private set; }

    /// <summary>Whether its stream may pass through a replica that has not its session.</summary>
    public bool MayStreamElsewhere => isSse && server == "user";

    /// <summary>The replica with its session.</summary>
    public string? Owner => _session?.Split('.')[0];

    /// <summary>Which part of the test it is, for what happens.</summary>
    public int Part { get; set; }

    public async Task OpenAsync()
    {
        while (!(isSse ? await OpenStreamAsync() : await InitializeAsync(new Uri(gateway, $"{server}/mcp"))))
            await Task.Delay(Soon, TimeProvider.System, TestHttp.Token);
    }

    /// <summary>Makes one call, whatever it takes.</summary>
    public async Task CallAsync(bool takesItsTime)
    {
        var id = (++_calls).ToString(CultureInfo.InvariantCulture);
        var text = $"{number}-{id}";
        var call = takesItsTime ? Rpc.Call(id, "delay", new { ms = 200, text }) : Rpc.Call(id, "echo", new { text });
        while (true)
        {
            var owner = Owner;
            try
            {
                using var answer = await PostAsync(call);
                if (answer.Status is 404)
                {
                    Happenings.Enqueue(new("reopened", owner, Part, text));
                    await OpenAsync();
                    continue;
                }

                if (answer.Status is 503)
                {
                    Happenings.Enqueue(new("refused", owner, Part, text));
                    await Task.Delay(Soon, TimeProvider.System, TestHttp.Token);
                    continue;
                }

                Check(owner, answer, await AnswerAsync(answer, id), text);
                return;
            }
            catch (Exception exception) // whatever it is, the call has no answer
            {
                Happenings.Enqueue(new("lost", owner, Part, $"{text}: {exception.GetType().Name} {exception.Message}"));
                return;
            }
        }
    }

    public override string ToString() =>
        $"{number} {(isSse ? "SSE" : "Streamable")} {server} at {Owner}, {Answered} answers; "
        + $"{string.Join("; ", Happenings.TakeLast(5))}";

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _leaving.Dispose();
    }

    private async Task CloseAsync()
    {
        await _leaving.CancelAsync();
        await _reading;
        _stream?.Dispose();
    }

    private void Check(string? owner, Answer answer, JsonElement? message, string text)
    {
        if (answer.Status is not (200 or 202) || message is null)
            Happenings.Enqueue(new("lost", owner, Part, $"{text}: {answer.Status}"));
        else if (message.Value.TryGetProperty("result", out _) && message.Value.Text() == text)
            Answered++;
        else
            Happenings.Enqueue(new("wrong", owner, Part, $"{text}: {message.Value.GetRawText()}"));
    }

    // Null: there is none, or it will not come.
    private async Task<JsonElement?> AnswerAsync(Answer answer, string id)
    {
        if (answer.Status is 202)
            return await _inbox.TakeAsync(message => message.IsAnswerTo(id));
        while (answer.Status is 200 && await answer.NextAsync() is { } message)
        {
            if (message.IsAnswerTo(id))
                return message;
        }

        return null;
    }

    private Task<Answer> PostAsync(string body)
    {
        (string, string)[] session = _session is null || isSse ? _key : [.. _key, ("Mcp-Session-Id", _session)];
        return TestHttp.SendAsync(
            HttpMethod.Post, _target, TestHttp.Json(body), [.. session, ("Accept", "application/json, text/event-stream")]);
    }

    private async Task<bool> InitializeAsync(Uri target)
    {
        _target = target;
        if (!isSse)
            _session = null;
        using var answer = await PostAsync(Rpc.Initialize("0", isSse ? "2024-11-05" : "2025-11-25"));
        if (await AnswerAsync(answer, "0") is not { } message || !message.TryGetProperty("result", out _))
        {
            Happenings.Enqueue(new("refused", null, Part, $"initialize: {answer.Status}"));
            return false;
        }

        if (!isSse)
            _session = answer.Header("Mcp-Session-Id");
        using var accepted = await PostAsync(Rpc.Notification("notifications/initialized"));
        return accepted.Status is 202;
    }

    private async Task<bool> OpenStreamAsync()
    {
        await CloseAsync();
        _leaving = new CancellationTokenSource();
        _inbox = new Mailbox();
        _stream = await TestHttp.SendAsync(
            HttpMethod.Get, new Uri(gateway, $"{server}/sse"), null, [.. _key, ("Accept", "text/event-stream")]);
        if (_stream.Status is not 200 || await _stream.ReadOnAsync(_leaving.Token) is not { Name: "endpoint" } endpoint)
        {
            Happenings.Enqueue(new("refused", null, Part, $"stream: {_stream.Status}"));
            return false;
        }

        _session = endpoint.Data.Split("sessionId=")[1];
        _reading = ReadAsync(_stream, _inbox, _leaving.Token);
        return await InitializeAsync(new Uri(gateway, endpoint.Data));
    }

    private static async Task ReadAsync(Answer stream, Mailbox inbox, CancellationToken leaving)
    {
        try
        {
            while (await stream.ReadOnAsync(leaving) is { } next)
                inbox.Add(JsonElement.Parse(next.Data));
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException)
        {
            // Cut by one side or the other.
        }

        inbox.Close();
    }
}
