using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using McpGateway.Policies;

namespace McpGateway.Benchmarks.Running;

/// <summary>One Streamable HTTP session, opened by hand so that wrk can go on in it.</summary>
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

    /// <summary>Null if the server issued none.</summary>
    public string? Id { get; private set; }

    /// <summary>The one agreed on; empty until then.</summary>
    public string ProtocolVersion { get; private set; } = "";

    /// <summary>From the sending of <c>initialize</c> to its answer.</summary>
    public TimeSpan ConnectTime { get; private set; }

    /// <summary>Opens one and makes a call in it.</summary>
    /// <param name="endpoint">Streamable HTTP.</param>
    /// <param name="stop">Ends the wait for the answers.</param>
    /// <param name="headers">Sent with each request.</param>
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

    /// <summary>Does the handshake alone.</summary>
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

    /// <summary>Makes one call of the kind that is measured.</summary>
    /// <exception cref="InvalidOperationException">It was not answered with a result.</exception>
    public async Task CallAsync(CancellationToken stop)
    {
        using var response = await PostAsync(
            """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hello"}}}""", stop);
        await ReadResultAsync(response, stop);
    }

    /// <summary>Has the server end it.</summary>
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
        if (ProtocolVersion.Length > 0)
            request.Headers.Add("MCP-Protocol-Version", ProtocolVersion);
        if (Id is not null)
            request.Headers.Add(SessionHeader, Id);
        return _client.SendAsync(request, stop);
    }

    private static async Task<JsonElement> ReadResultAsync(HttpResponseMessage response, CancellationToken stop)
    {
        var text = await response.Content.ReadAsStringAsync(stop);
        // As JSON, or as the data of an event where the child took its time to start.
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
