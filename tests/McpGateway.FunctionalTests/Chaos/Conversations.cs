using System.Collections.Concurrent;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Chaos;

/// <summary>Calls without a session.</summary>
internal sealed class PlainConversation(ChaosServer server, string user, int number, Uri gateway, Tally tally)
    : Conversation(server, user, number, gateway, tally)
{
    public override Task<bool> OpenAsync() => Task.FromResult(true);

    public override Task EndAsync() => LeaveAsync();

    protected override Task<Answer> PostAsync(string body) => RequestAsync(HttpMethod.Post, $"{Server.Name}/message", body);

    protected override async Task SendAsync(ChaosCall call, string body)
    {
        using var answer = await PostAsync(body);
        if (answer.Status is 200)
            Accept(await answer.JsonAsync());
        else
            await RefusedAsync(answer, call);
        EndOf([call]);
    }

    protected override void Hang()
    {
    }
}

/// <summary>HTTP+SSE: all answers on one stream.</summary>
internal sealed class SseConversation(ChaosServer server, string user, int number, Uri gateway, Tally tally)
    : Conversation(server, user, number, gateway, tally)
{
    private Answer? _stream;
    private readonly ConcurrentBag<ChaosCall> _accepted = [];
    private string _endpoint = string.Empty;
    private volatile bool _streamEnded;

    public override async Task<bool> OpenAsync()
    {
        _stream = await RequestAsync(HttpMethod.Get, $"{Server.Name}/sse", null, ("Accept", "text/event-stream"));
        if (_stream.Status is not 200)
        {
            await RefusedAsync(_stream);
            return false;
        }

        _endpoint = (await _stream.NextEventAsync())!.Data;
        InBackground(async () =>
        {
            await ReadAsync(_stream);
            _streamEnded = true;
            EndOf(_accepted);
        });
        return await InitializeAsync();
    }

    public override Task EndAsync() => LeaveAsync();

    protected override Task<Answer> PostAsync(string body) => RequestAsync(HttpMethod.Post, _endpoint, body);

    protected override async Task SendAsync(ChaosCall call, string body)
    {
        using var answer = await PostAsync(body);
        if (answer.Status is not 202)
        {
            await RefusedAsync(answer, call);
            return;
        }

        _accepted.Add(call);
        if (_streamEnded)
            EndOf([call]);
    }

    protected override void Hang() => _stream?.Dispose();
}

/// <summary>Streamable HTTP: each answer on its own POST, and a GET stream for some.</summary>
internal sealed class StreamableConversation(ChaosServer server, string user, int number, Uri gateway, Tally tally, bool listens)
    : Conversation(server, user, number, gateway, tally)
{
    private string? _session;
    private Answer? _stream;

    public override async Task<bool> OpenAsync()
    {
        if (!await InitializeAsync())
            return false;
        if (!listens)
            return true;
        _stream = await RequestAsync(HttpMethod.Get, $"{Server.Name}/mcp", null, Headers("text/event-stream"));
        if (_stream.Status is 200)
            InBackground(() => ReadAsync(_stream));
        else
            await RefusedAsync(_stream);
        return true;
    }

    public override async Task EndAsync()
    {
        using var answer = await RequestAsync(HttpMethod.Delete, $"{Server.Name}/mcp", null, Headers("*/*"));
        if (answer.Status is not 204)
            await RefusedAsync(answer);
        Tally.Count("sessions ended by DELETE");
        await LeaveAsync();
    }

    protected override Task<Answer> PostAsync(string body) =>
        RequestAsync(HttpMethod.Post, $"{Server.Name}/mcp", body, Headers("application/json, text/event-stream"));

    protected override async Task SendAsync(ChaosCall call, string body)
    {
        using var answer = await PostAsync(body);
        _session ??= answer.Header("Mcp-Session-Id");
        if (answer.Status is not 200)
            await RefusedAsync(answer, call);
        else if (answer.ContentType is "application/json")
            Accept(await answer.JsonAsync());
        else
            await ReadAsync(answer);
        EndOf([call]);
    }

    protected override void Hang() => _stream?.Dispose();

    private (string, string)[] Headers(string accept) => _session is null
        ? [("Accept", accept)]
        : [("Accept", accept), ("Mcp-Session-Id", _session), ("MCP-Protocol-Version", "2025-11-25")];
}
