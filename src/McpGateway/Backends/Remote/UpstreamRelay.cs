using System.Net.ServerSentEvents;
using System.Text;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>
/// Passes a remote server's events on as they come, each message checked, filtered and on one line. Event ids and retry times
/// pass unchanged, so that a client can go on where a stream broke off.
/// </summary>
/// <param name="remote">The gateway's parts.</param>
/// <param name="server">Whose events they are.</param>
/// <param name="stream">Where they go. It ends with this.</param>
/// <param name="filter">What of them is left for the client.</param>
/// <param name="leave">Ends the reading.</param>
/// <param name="calls">The requests that are answered on this stream, which then ends; null for a listening stream.</param>
internal sealed class UpstreamRelay(
    RemoteContext remote, ServerConfig server, ResponseStream stream, UpstreamFilter filter, CancellationTokenSource leave,
    UpstreamCalls? calls = null)
{
    private const string EndpointEvent = "endpoint";

    // Servers end a stream with its last answer; what comes with it still passes.
    private static readonly TimeSpan AfterLastAnswer = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private bool _isOver;
    private bool _isResumable;

    /// <summary>Gives the event <c>endpoint</c> its data (HTTP+SSE); null for a stream on which there is none.</summary>
    public Func<string, string?>? RewriteEndpoint { get; init; }

    /// <summary>Passes on what comes, until either side or the gateway ends it.</summary>
    /// <param name="events">The server's.</param>
    /// <param name="clientLeft">Fires when nobody is left to be answered.</param>
    public async Task RunAsync(UpstreamEvents events, CancellationToken clientLeft)
    {
        remote.Relays.Add(this, stream);
        try
        {
            while (await PassNextAsync(events))
            {
            }
        }
        catch (OperationCanceledException) when (!clientLeft.IsCancellationRequested)
        {
            await FailCallsAsync(Refusal.Draining.Error); // the gateway stops; or all have timed out, and none is left
        }
        finally
        {
            remote.Relays.Remove(this);
            lock (_lock)
                _isOver = true;
            stream.End();
        }
    }

    /// <summary>The monitor's visit.</summary>
    public async Task TickAsync(long now)
    {
        if (calls is null && !IsConfigured())
        {
            Leave();
            return;
        }

        // Before the keep-alive, which would otherwise come just ahead of the error.
        if (calls is not null && await calls.FailOverdueAsync(now) && calls.Count == 0)
            Leave();
        else
            stream.Tick(now);
    }

    // A stream on which nothing is to be answered ends with the server that gateway.json no longer has.
    private bool IsConfigured() =>
        remote.Config.Current.Servers.TryGetValue(server.Name, out var current) && current.Target.Equals(server.Target);

    private void Leave()
    {
        lock (_lock)
        {
            if (!_isOver)
                leave.Cancel();
        }
    }

    private Task FailCallsAsync(JsonRpcError error) => calls?.FailAsync(error) ?? Task.CompletedTask;

    private async ValueTask<bool> PassNextAsync(UpstreamEvents events)
    {
        switch (await events.ReadAsync(calls is { Count: 0 } ? AfterLastAnswer : Timeout.InfiniteTimeSpan))
        {
            case EventRead.Event:
                calls?.Touch();
                return await PassAsync(events.Current) && stream.IsOpen;
            case EventRead.End or EventRead.Broken when !_isResumable:
                await FailCallsAsync(UpstreamErrors.Cut(server.Name));
                return false;
            default:
                return false;
        }
    }

    // False ends the stream.
    private async ValueTask<bool> PassAsync(SseItem<PooledBytes> item)
    {
        if (item.EventType == EndpointEvent)
            return await PassEndpointAsync(item.Data);
        if (item.EventType != SseParser.EventTypeDefault)
        {
            item.Data.Return(); // nothing that MCP knows
            return true;
        }

        var fields = FieldsOf(item);
        _isResumable |= fields?.Id is not null;
        var isEmpty = item.Data is { IsOversized: false, Length: 0 };
        if (item.Data.IsOversized)
            await FailOversizedAsync();
        foreach (var message in UpstreamMessages.Read(item.Data, server.Name))
        {
            if (await PassAsync(message, fields))
                fields = null;
        }

        // An id to resume from, of an event without a message or of one that was left out.
        if (isEmpty || fields?.Id is not null)
        {
            var empty = (fields ?? new EventFields(null, null)) with { Name = string.Empty };
            await stream.WriteOrDisposeAsync(JsonRpcMessage.CreateEvent(empty, []));
        }

        return true;
    }

    // Whether it was passed on.
    private async ValueTask<bool> PassAsync(JsonRpcMessage message, EventFields? fields)
    {
        ClientCall? call = null;
        if (message.Envelope.IsAnswer && calls is not null && (call = calls.Find(message.Envelope.Id)) is null)
        {
            remote.Metrics.Drop(server.Name, message, "unknown-id");
            return false;
        }

        if (message.Envelope.IsRequest)
            calls?.BeginWaiting();
        if (filter.Apply(message) is not { } left)
            return false;
        left.Event = fields;
        if (call is not null)
            await call.AnswerAsync(left);
        else
            await stream.WriteOrDisposeAsync(left);
        return true;
    }

    private async ValueTask<bool> PassEndpointAsync(PooledBytes data)
    {
        var url = data.IsOversized ? null : RewriteEndpoint?.Invoke(Encoding.UTF8.GetString(data.Span));
        data.Return();
        if (url is null)
            return RewriteEndpoint is null; // without a meaning here; a foreign one ends the stream
        await stream.WriteOrDisposeAsync(
            JsonRpcMessage.CreateEvent(new EventFields(null, null, EndpointEvent), Encoding.UTF8.GetBytes(url)));
        return true;
    }

    // Whose answer it was cannot be told; with one request in flight it can only be that one's.
    private async Task FailOversizedAsync()
    {
        remote.Metrics.MessageDropped(server.Name, "too-long");
        if (calls?.Only() is { } only)
            await only.FailAsync(UpstreamErrors.TooLong(server.Name));
    }

    private static EventFields? FieldsOf(SseItem<PooledBytes> item) =>
        item.EventId is { Length: > 0 } || item.ReconnectionInterval is not null
            ? new EventFields(item.EventId is { Length: > 0 } id ? id : null, item.ReconnectionInterval)
            : null;
}
