using System.Net.ServerSentEvents;
using System.Text;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>
/// Relays a remote server's events as they come, with each message checked, filtered and on one line. Event ids and retry times
/// stay unchanged, so that a client can resume a broken stream.
/// </summary>
/// <param name="remote">The gateway's parts.</param>
/// <param name="server">The server that sends the events.</param>
/// <param name="stream">Where they are written. The relay ends it.</param>
/// <param name="filter">Removes what the client may not see.</param>
/// <param name="leave">Ends the reading.</param>
/// <param name="calls">The requests that are answered on this stream; null for a listening stream.</param>
internal sealed class UpstreamRelay(
    RemoteContext remote, ServerConfig server, ResponseStream stream, UpstreamFilter filter, CancellationTokenSource leave,
    UpstreamCalls? calls = null)
{
    // A server should end a stream after the last answer (MCP, Streamable HTTP, "Sending Messages to the Server"). One that does
    // not has this long for anything else.
    private static readonly TimeSpan AfterLastAnswer = TimeSpan.FromSeconds(1);

    // Guards leave, which is disposed of after RunAsync: Cancel would then throw.
    private readonly Lock _lock = new();
    private bool _isOver;
    private bool _isResumable;

    /// <summary>Returns the new data of an event <c>endpoint</c> (HTTP+SSE); null for a stream without such events.</summary>
    public Func<string, string?>? RewriteEndpoint { get; init; }

    /// <summary>Relays events until either side or the gateway ends the stream.</summary>
    /// <param name="events">The server's events.</param>
    /// <param name="clientLeft">Fires when the client has left, so that no errors need to be written.</param>
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
            await FailCallsAsync(Refusal.Draining.Error); // the gateway stops, or no call is left after a time-out
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

        // Before the keep-alive, which would otherwise be sent right before the error.
        if (calls is not null && await calls.FailOverdueAsync(now) && calls.Count == 0)
            Leave();
        else
            stream.Tick(now);
    }

    // A listening stream ends when gateway.json no longer contains its server.
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
            // After an event id, the client resumes the stream and gets the answers there. An error would end its calls.
            case EventRead.End or EventRead.Broken when !_isResumable:
                await FailCallsAsync(UpstreamErrors.Cut(server.Name));
                return false;
            default:
                return false;
        }
    }

    // Returns false if the stream must end.
    private async ValueTask<bool> PassAsync(SseItem<PooledBytes> item)
    {
        if (item.EventType == SseEvents.Endpoint)
            return await PassEndpointAsync(item.Data);
        if (item.EventType != SseParser.EventTypeDefault)
        {
            item.Data.Return(); // MCP defines no other event
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

        // The client must learn each id from which it can resume, also that of an event whose message was left out.
        if (isEmpty || fields?.Id is not null)
        {
            var empty = (fields ?? new EventFields(null, null)) with { Name = string.Empty };
            await stream.WriteOrDisposeAsync(JsonRpcMessage.CreateEvent(empty, []));
        }

        return true;
    }

    // Returns whether the message was relayed.
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
            return RewriteEndpoint is null; // ignored in Streamable HTTP; an endpoint of another origin ends the stream
        await stream.WriteOrDisposeAsync(
            JsonRpcMessage.CreateEvent(new EventFields(null, null, SseEvents.Endpoint), Encoding.UTF8.GetBytes(url)));
        return true;
    }

    // The event was not kept, so its id is unknown. With one request in flight, it is taken for the answer to that one.
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
