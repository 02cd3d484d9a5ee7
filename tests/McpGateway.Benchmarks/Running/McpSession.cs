using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using McpGateway.Policies;

namespace McpGateway.Benchmarks.Running;

/// <summary>A Streamable HTTP session, opened without an SDK so that wrk can continue it.</summary>
internal sealed class McpSession : IDisposable
{
    private const string SessionHeader = "Mcp-Session-Id";
    private const string RequestedVersion = "2025-06-18";

    private readonly HttpClient _client = new();
    private readonly Uri _endpoint;

    private McpSession(Uri endpoint, IReadOnlyDictionary<string, string>? headers)
    {
        _endpoint = endpoint;
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
            _client.DefaultRequestHeaders.Add(name, value);
    }

    /// <summary>The session id; null if the server issued none.</summary>
    public string? Id { get; private set; }

    /// <summary>The negotiated version; empty until the handshake.</summary>
    public string ProtocolVersion { get; private set; } = "";

    /// <summary>The time from sending <c>initialize</c> to its response.</summary>
    public TimeSpan ConnectTime { get; private set; }

    /// <summary>Opens a session and makes a call in it.</summary>
    /// <param name="endpoint">A Streamable HTTP endpoint.</param>
    /// <param name="stop">Cancels the wait for the responses.</param>
    /// <param name="headers">Headers to send with each request.</param>
    public static async Task<McpSession> OpenAsync(
        Uri endpoint, CancellationToken stop, IReadOnlyDictionary<string, string>? headers = null)
    {
        var session = await ConnectAsync(endpoint, stop, headers);
        try
        {
            await session.CallAsync(stop);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Only performs the handshake.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public static async Task<McpSession> ConnectAsync(
        Uri endpoint, CancellationToken stop, IReadOnlyDictionary<string, string>? headers = null)
    {
        McpSession session = new(endpoint, headers);
        try
        {
            await session.InitializeAsync(stop);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Makes a call like those that are measured.</summary>
    /// <exception cref="InvalidOperationException">The response was not a result.</exception>
    public async Task CallAsync(CancellationToken stop)
    {
        using var response = await PostAsync(
            """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hello"}}}""", stop);
        await ReadResultAsync(response, stop);
    }

    /// <summary>Ends the session with DELETE.</summary>
    public async Task EndAsync(CancellationToken stop)
    {
        using HttpRequestMessage request = new(HttpMethod.Delete, _endpoint) { Headers = { { SessionHeader, Id } } };
        using var response = await _client.SendAsync(request, stop);
    }

    public void Dispose() => _client.Dispose();

    private async Task InitializeAsync(CancellationToken stop)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var response = await PostAsync(
            $$$"""
            {
              "jsonrpc": "2.0",
              "id": 1,
              "method": "initialize",
              "params": {
                "protocolVersion": "{{{RequestedVersion}}}",
                "capabilities": {},
                "clientInfo": { "name": "McpGateway.Benchmarks", "version": "1" }
              }
            }
            """,
            stop);
        var result = await ReadResultAsync(response, stop);
        ConnectTime = TimeProvider.System.GetElapsedTime(started);
        if (response.Headers.TryGetValues(SessionHeader, out var ids))
            Id = ids.Single();
        ProtocolVersion = result.TryGetProperty("protocolVersion", out var agreed) && agreed.GetString() is { } version
            ? version
            : RequestedVersion;
        using var accepted = await PostAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""", stop);
        accepted.EnsureSuccessStatusCode();
    }

    private Task<HttpResponseMessage> PostAsync(string message, CancellationToken stop)
    {
        HttpRequestMessage request = new(HttpMethod.Post, _endpoint)
        {
            Content = new StringContent(message, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
            Headers = { { "Accept", "application/json, text/event-stream" } },
        };
        // Required after the handshake (MCP 2025-06-18, Transports, "Protocol Version Header").
        if (ProtocolVersion.Length > 0)
            request.Headers.Add("MCP-Protocol-Version", ProtocolVersion);
        if (Id is not null)
            request.Headers.Add(SessionHeader, Id);
        return _client.SendAsync(request, stop);
    }

    private static async Task<JsonElement> ReadResultAsync(HttpResponseMessage response, CancellationToken stop)
    {
        var text = await response.Content.ReadAsStringAsync(stop);
        // Either plain JSON, or an SSE event if the child took long to start.
        var (first, last) = (text.IndexOf('{', StringComparison.Ordinal), text.LastIndexOf('}'));
        if (response.IsSuccessStatusCode && first >= 0)
        {
            var message = JsonElement.Parse(text[first..(last + 1)]);
            if (message.TryGetProperty("result", out var result))
                return result;
        }

        throw new InvalidOperationException($"{response.RequestMessage?.RequestUri}: {(int)response.StatusCode} {text}");
    }
}
