using System.Collections.Concurrent;
using System.Threading.Channels;
using McpGateway.FunctionalTests.Hosting;
using Microsoft.AspNetCore.Http;

namespace McpGateway.FunctionalTests.Remote;

/// <summary>A remote server of HTTP+SSE: each stream has a session of its own, and answers to what is posted there.</summary>
internal sealed class LegacyUpstream
{
    private readonly ConcurrentDictionary<string, Channel<string>> _sessions = new();

    /// <summary>What its <c>endpoint</c> event says, without the session.</summary>
    public string Endpoint { get; init; } = "/deep/messages?session=";

    public int Opened => _sessions.Count;

    public Task AnswerAsync(HttpContext context, Arrived request) =>
        request.Method == "GET" ? OpenAsync(context) : PostAsync(context, request);

    /// <summary>Says something in all sessions.</summary>
    public void Say(string message)
    {
        foreach (var session in _sessions.Values)
            session.Writer.TryWrite($"event: message\ndata: {message}\n\n");
    }

    private async Task OpenAsync(HttpContext context)
    {
        var id = $"s{_sessions.Count}";
        var events = _sessions[id] = Channel.CreateUnbounded<string>();
        events.Writer.TryWrite($"event: endpoint\ndata: {Endpoint}{id}\n\n");
        await Upstream.EventsAsync(context, events.Reader);
    }

    private async Task PostAsync(HttpContext context, Arrived request)
    {
        if (!_sessions.TryGetValue(request.Path[(request.Path.LastIndexOf('=') + 1)..], out var events))
        {
            await Upstream.StatusAsync(context, 404);
            return;
        }

        if (request.Json.TryGetProperty("id", out var id) && request.Json.Method() is not null)
        {
            var result = Upstream.ResultOf(request.Json).Replace("2025-11-25", "2024-11-05", StringComparison.Ordinal);
            events.Writer.TryWrite($"event: message\ndata: {Rpc.Result(id.GetRawText(), result)}\n\n");
        }

        await Upstream.StatusAsync(context, 202);
    }
}
