using System.Text.Json;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>An HTTP answer. Its messages are those of an event stream as they come, or the one that a JSON body is.</summary>
internal sealed class Answer(HttpResponseMessage response) : IDisposable
{
    private SseReader? _events;
    private bool _jsonRead;

    public int Status => (int)response.StatusCode;

    public string? ContentType => response.Content.Headers.ContentType?.MediaType;

    public string? Allow => string.Join(", ", response.Content.Headers.Allow);

    /// <summary>Comment lines seen so far.</summary>
    public int Comments => _events?.Comments ?? 0;

    /// <summary>The stream's last <c>retry</c> field; null: there was none.</summary>
    public int? Retry => _events?.Retry;

    public string? Header(string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    public Task<string> BodyAsync() =>
        response.Content.ReadAsStringAsync(TestHttp.Token).WaitAsync(TestHttp.Timeout, TestHttp.Token);

    /// <summary>The body as JSON.</summary>
    public async Task<JsonElement> JsonAsync()
    {
        Assert.Equal("application/json", ContentType);
        return JsonElement.Parse(await BodyAsync());
    }

    /// <summary>The next event; null at the end of the stream.</summary>
    public Task<SseEvent?> NextEventAsync() => ReadOnAsync().WaitAsync(TestHttp.Timeout, TestHttp.Token);

    /// <summary>The next event, however long it takes.</summary>
    /// <param name="leave">
    /// Breaks the connection. To dispose of an answer that is being read may hand its connection to another request: HttpClient
    /// takes what it has buffered for the end of it, and the read that is still pending takes the next answer's first bytes.
    /// </param>
    public async Task<SseEvent?> ReadOnAsync(CancellationToken leave = default)
    {
        Assert.Equal("text/event-stream", ContentType);
        _events ??= new SseReader(await response.Content.ReadAsStreamAsync(CancellationToken.None));
        return await _events.ReadAsync(leave);
    }

    /// <summary>The next message; null at the end.</summary>
    public async Task<JsonElement?> NextAsync()
    {
        if (ContentType is "text/event-stream")
            return await NextEventAsync() is { } next ? JsonElement.Parse(next.Data) : null;
        if (_jsonRead)
            return null;
        _jsonRead = true;
        return await JsonAsync();
    }

    /// <summary>All messages up to the end.</summary>
    public async Task<List<JsonElement>> AllAsync()
    {
        var messages = new List<JsonElement>();
        while (await NextAsync() is { } message)
            messages.Add(message);
        return messages;
    }

    public void Dispose()
    {
        _events?.Dispose();
        response.Dispose();
    }
}
