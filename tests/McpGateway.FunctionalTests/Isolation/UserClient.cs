using System.Collections.Concurrent;
using System.Text.Json;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>One client of a stress test: all that the gateway sends to it, on whatever stream, lands in one mailbox.</summary>
internal sealed class UserClient : IAsyncDisposable
{
    private readonly IRawClient _client;
    private readonly ConcurrentBag<Task> _reading = [];
    private readonly Answer? _stream;

    private UserClient(SseClient client)
    {
        (_client, Inbox) = (client, client.Inbox);
        _reading.Add(client.Reading);
    }

    private UserClient(StreamableClient client, Answer stream)
    {
        (_client, _stream, Inbox) = (client, stream, new Mailbox());
        _reading.Add(ReadAsync(stream));
    }

    public Mailbox Inbox { get; }

    /// <summary>Whether what it sends reaches the gateway in the order of sending.</summary>
    public bool InOrder => _stream is null;

    /// <summary>The calls that it cancelled without waiting for a question: id and mark.</summary>
    public ConcurrentDictionary<string, string> Cancelled { get; } = new(StringComparer.Ordinal);

    public static async Task<UserClient> ConnectAsync(TestGateway gateway, Wire wire, string user, string capabilities)
    {
        if (wire is Wire.Sse)
            return new UserClient(await SseClient.ConnectAsync(gateway, capabilities: capabilities, user: user));
        var client = await StreamableClient.ConnectAsync(gateway, capabilities: capabilities, user: user);
        return new UserClient(client, await client.OpenStreamAsync());
    }

    public string NextId() => _client.NextId();

    /// <summary>Sends a request; what comes back lands in the mailbox.</summary>
    public async Task AskAsync(string body)
    {
        if (_client is SseClient sse)
            await sse.SendAsync(body);
        else
            _reading.Add(ReadAnswerAsync(body));
    }

    /// <summary>Sends a notification or an answer.</summary>
    public async Task SendAsync(string body)
    {
        using var accepted = await _client.PostAsync(body);
        Assert.Equal(202, accepted.Status);
    }

    public Task CancelAsync(string id) => SendAsync(Rpc.Notification("notifications/cancelled", $$"""{"requestId":{{id}}}"""));

    /// <summary>Leaves, whatever is in flight.</summary>
    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await Task.WhenAll(_reading).WaitAsync(TestHttp.Timeout, TestHttp.Token);
        _stream?.Dispose();
    }

    private async Task ReadAnswerAsync(string body)
    {
        using var answer = await _client.PostAsync(body);
        await ReadAsync(answer);
    }

    private async Task ReadAsync(Answer answer)
    {
        if (answer.ContentType is not "text/event-stream")
        {
            Inbox.Add(await answer.JsonAsync());
            return;
        }

        // However long it is silent: a GET stream is, most of the time.
        while (await answer.ReadOnAsync() is { } next)
            Inbox.Add(JsonElement.Parse(next.Data));
    }
}
