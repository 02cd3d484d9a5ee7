using System.Globalization;
using System.Text.Json;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>A raw client of HTTP+SSE: reads its stream from the start, and keeps what nobody waits for.</summary>
internal sealed class SseClient : IRawClient
{
    private readonly Answer _stream;
    private readonly Uri _messages;
    private readonly string? _user;
    private readonly CancellationTokenSource _leaving = new();
    private int _lastId = 1000; // beyond what tests choose themselves

    private SseClient(Answer stream, Uri page, string endpoint, string? user)
    {
        (_stream, _user) = (stream, user);
        Endpoint = endpoint;
        _messages = new Uri(page, endpoint);
        Reading = ReadAsync();
    }

    /// <summary>See <see cref="TestUsers"/>; null: nobody in particular.</summary>
    public string? User => _user;

    /// <summary>The data of the endpoint event.</summary>
    public string Endpoint { get; }

    /// <summary>What came on the stream and was not taken yet.</summary>
    public Mailbox Inbox { get; } = new();

    /// <summary>Ends with the stream.</summary>
    public Task Reading { get; }

    public string NextId() => Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);

    /// <summary>Opens the stream, and no more.</summary>
    public static Task<SseClient> OpenAsync(TestGateway gateway, string path = "test/sse", string? user = null) =>
        OpenAsync(new Uri(gateway.BaseAddress, path), user);

    /// <summary>Opens the stream, and no more.</summary>
    public static async Task<SseClient> OpenAsync(Uri page, string? user = null)
    {
        (string, string)[] headers = [("Accept", "text/event-stream"), .. TestUsers.HeaderOf(user)];
        var stream = await TestHttp.SendAsync(HttpMethod.Get, page, null, headers);
        Assert.Equal(200, stream.Status);
        var first = await stream.NextEventAsync();
        Assert.Equal("endpoint", first?.Name);
        return new SseClient(stream, page, first!.Data, user);
    }

    /// <summary>Opens the stream and does the handshake.</summary>
    public static Task<SseClient> ConnectAsync(
        TestGateway gateway, string path = "test/sse", string capabilities = "{}", string? user = null,
        string version = "2024-11-05") =>
        ConnectAsync(new Uri(gateway.BaseAddress, path), capabilities, user, version);

    /// <summary>Opens the stream and does the handshake.</summary>
    public static async Task<SseClient> ConnectAsync(
        Uri page, string capabilities = "{}", string? user = null, string version = "2024-11-05")
    {
        var client = await OpenAsync(page, user);
        var answer = await client.AskAsync(Rpc.Initialize("0", version, capabilities), "0");
        Assert.Equal(version, answer.Get("result").Get("protocolVersion").GetString());
        await client.SendAsync(Rpc.Notification("notifications/initialized"));
        return client;
    }

    public Task<Answer> PostAsync(byte[] body) =>
        TestHttp.SendAsync(HttpMethod.Post, _messages, TestHttp.Json(body), TestUsers.HeaderOf(_user));

    /// <summary>POSTs what must be accepted.</summary>
    public async Task SendAsync(string body)
    {
        using var accepted = await this.PostAsync(body);
        Assert.Equal((202, "Accepted"), (accepted.Status, await accepted.BodyAsync()));
    }

    public async Task<JsonElement> AskAsync(string body, string id)
    {
        await SendAsync(body);
        return await Inbox.TakeAsync(message => message.IsAnswerTo(id));
    }

    /// <summary>Breaks the connection, as a client that goes away.</summary>
    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await Reading;
        _stream.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _stream.ReadOnAsync(_leaving.Token) is { } next)
                Inbox.Add(JsonElement.Parse(next.Data));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // This side has closed it.
        }

        Inbox.Close();
    }
}
