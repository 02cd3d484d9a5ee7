using System.Globalization;
using System.Text.Json;
using McpGateway.Sessions;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>A raw client of Streamable HTTP.</summary>
internal sealed class StreamableClient(Uri endpoint) : IRawClient
{
    private int _lastId = 1000; // beyond what tests choose themselves

    public string? SessionId { get; set; }

    /// <summary>See <see cref="TestUsers"/>; null: nobody in particular.</summary>
    public string? User { get; init; }

    /// <summary>The MCP-Protocol-Version header; null for none.</summary>
    public string? Version { get; set; }

    /// <summary>The Accept header of POSTs; null for none.</summary>
    public string? Accept { get; set; } = "application/json, text/event-stream";

    public string NextId() => Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);

    public static StreamableClient Create(TestGateway gateway, string path = "test/mcp", string? user = null) =>
        new(new Uri(gateway.BaseAddress, path)) { User = user };

    /// <summary>Does the handshake.</summary>
    public static Task<StreamableClient> ConnectAsync(
        TestGateway gateway, string path = "test/mcp", string version = "2025-11-25", string capabilities = "{}",
        string? user = null) =>
        ConnectAsync(new Uri(gateway.BaseAddress, path), version, capabilities, user);

    /// <summary>Does the handshake.</summary>
    public static async Task<StreamableClient> ConnectAsync(
        Uri endpoint, string version = "2025-11-25", string capabilities = "{}", string? user = null)
    {
        var client = new StreamableClient(endpoint) { User = user };
        using var answer = await client.PostAsync(Rpc.Initialize("0", version, capabilities));
        Assert.Equal(200, answer.Status);
        Assert.Equal(version, (await answer.NextAsync())!.Value.Get("result").Get("protocolVersion").GetString());
        client.SessionId = answer.Header("Mcp-Session-Id");
        client.Version = version;
        using var accepted = await client.PostAsync(Rpc.Notification("notifications/initialized"));
        Assert.Equal(202, accepted.Status);
        return client;
    }

    public Task<Answer> PostAsync(byte[] body) => PostAsync(TestHttp.Json(body));

    public Task<Answer> PostAsync(HttpContent content) => SendAsync(HttpMethod.Post, content, Accept);

    public async Task<JsonElement> AskAsync(string body, string id)
    {
        using var answer = await this.PostAsync(body);
        while (await answer.NextAsync() is { } message)
        {
            if (message.IsAnswerTo(id))
                return message;
        }

        throw new InvalidOperationException($"The stream ended without the answer {id}.");
    }

    /// <summary>GET: the stream for what belongs to no call.</summary>
    public async Task<Answer> OpenStreamAsync()
    {
        var answer = await SendAsync(HttpMethod.Get, null, "text/event-stream");
        Assert.Equal(200, answer.Status);
        return answer;
    }

    public async Task<int> DeleteAsync()
    {
        using var answer = await SendAsync(HttpMethod.Delete);
        return answer.Status;
    }

    public Task<Answer> SendAsync(HttpMethod method, HttpContent? content = null, string? accept = null) =>
        TestHttp.SendAsync(method, endpoint, content, [.. Headers(accept)]);

    public async ValueTask DisposeAsync()
    {
        if (SessionId is not null)
            await DeleteAsync();
    }

    private IEnumerable<(string, string)> Headers(string? accept)
    {
        if (accept is not null)
            yield return ("Accept", accept);
        if (SessionId is not null)
            yield return ("Mcp-Session-Id", SessionId);
        if (Version is not null)
            yield return ("MCP-Protocol-Version", Version);
        foreach (var header in TestUsers.HeaderOf(User))
            yield return header;
    }
}
