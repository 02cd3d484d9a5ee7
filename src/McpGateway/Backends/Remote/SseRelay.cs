using System.Buffers;
using System.Net.ServerSentEvents;
using System.Text;
using McpGateway.Configuration;
using McpGateway.Http;
using McpGateway.JsonRpc;

namespace McpGateway.Backends.Remote;

/// <summary>
/// Passes a remote server's events on as they come, each message checked, filtered and on one line. Event ids and retry times pass
/// unchanged, so that a client can go on where a stream broke off.
/// </summary>
internal sealed class SseRelay(RemoteContext remote, HttpContext context, ServerConfig server, UpstreamFilter filter)
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(1);

    private const int FlushBytes = 64 * 1024;

    private readonly long _started = remote.Time.GetTimestamp();
    private long _heard = remote.Time.GetTimestamp();
    private bool _asksClient;
    private bool _isResumable;

    /// <summary>
    /// The requests that are to be answered on this stream, which ends then; null: it is open for as long as both sides like.
    /// </summary>
    public HashSet<JsonRpcId>? Pending { get; init; }

    /// <summary>Gives the event <c>endpoint</c> its data (HTTP+SSE); null for a stream on which there is none.</summary>
    public Func<string, string?>? RewriteEndpoint { get; init; }

    /// <summary>Passes on what comes. The response has been started.</summary>
    /// <exception cref="OperationCanceledException">The client has left, or the gateway stops.</exception>
    public async Task RunAsync(UpstreamEvents events)
    {
        var writer = context.Response.BodyWriter;
        while (true)
        {
            if (!events.IsReady || writer.UnflushedBytes >= FlushBytes)
                await writer.FlushAsync(context.RequestAborted);
            switch (await events.ReadAsync(Patience()))
            {
                case EventRead.Event when TryWrite(events.Current):
                    break;
                case EventRead.Silence when GoesOn() && Expired() is null:
                    writer.Write(": keep-alive\n\n"u8);
                    break;
                case EventRead.Silence when Expired() is { } error:
                    await FailAsync(error);
                    return;
                case EventRead.End or EventRead.Broken when Pending is { Count: > 0 } && !_isResumable:
                    await FailAsync(UpstreamErrors.Cut(server.Name));
                    return;
                default:
                    await writer.FlushAsync(context.RequestAborted);
                    return;
            }
        }
    }

    /// <summary>Answers what is not answered yet.</summary>
    public async Task FailAsync(JsonRpcError error)
    {
        foreach (var id in Pending ?? [])
        {
            using var answer = JsonRpcMessage.CreateError(id, error);
            SseWriter.Write(context.Response.BodyWriter, answer);
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    // A request's silence counts, but not while the server waits for the client (sampling, elicitation).
    private TimeSpan Patience()
    {
        if (Pending is null)
            return KeepAlive;
        if (Pending.Count == 0)
            return Afterwards; // servers end the stream with the last answer
        var left = server.RequestMaximum - remote.Time.GetElapsedTime(_started);
        var silence = _asksClient ? left : server.RequestTimeout - remote.Time.GetElapsedTime(_heard);
        var patience = silence < left ? silence : left;
        return patience > KeepAlive ? KeepAlive : patience > TimeSpan.Zero ? patience : TimeSpan.Zero;
    }

    private JsonRpcError? Expired()
    {
        if (Pending is not { Count: > 0 })
            return null;
        if (remote.Time.GetElapsedTime(_started) >= server.RequestMaximum)
            return UpstreamErrors.TimedOut(server.Name, "requestMaximum");
        return !_asksClient && remote.Time.GetElapsedTime(_heard) >= server.RequestTimeout
            ? UpstreamErrors.TimedOut(server.Name, "requestTimeout")
            : null;
    }

    // A stream that nothing is to be answered on ends with the server that gateway.json no longer has.
    private bool GoesOn() => Pending is { Count: > 0 }
        || (Pending is null && remote.Config.Current.Servers.TryGetValue(server.Name, out var current)
            && current.Target.Equals(server.Target));

    // False ends the stream.
    private bool TryWrite(SseItem<PooledBytes> item)
    {
        _heard = remote.Time.GetTimestamp();
        _asksClient = false;
        if (item.EventType == "endpoint")
            return TryWriteEndpoint(item.Data);
        if (item.EventType != SseParser.EventTypeDefault)
        {
            item.Data.Return(); // nothing that MCP knows
            return true;
        }

        WriteFields(item);
        if (item.Data is { IsOversized: false, Length: 0 })
        {
            item.Data.Return();
            context.Response.BodyWriter.Write("data: \n\n"u8); // an id to resume from
            return true;
        }

        if (item.Data.IsOversized)
            return Oversized();
        foreach (var message in UpstreamMessages.Read(item.Data, server.Name))
            Write(message);
        return true;
    }

    private bool TryWriteEndpoint(PooledBytes data)
    {
        var written = data.IsOversized ? null : RewriteEndpoint?.Invoke(Encoding.UTF8.GetString(data.Span));
        data.Return();
        if (written is null)
            return RewriteEndpoint is null; // without a meaning here; a foreign one ends the stream
        SseWriter.Write(context.Response.BodyWriter, "endpoint", written);
        return true;
    }

    private void Write(JsonRpcMessage message)
    {
        if (message.Envelope.IsAnswer && Pending is not null && !Pending.Remove(message.Envelope.Id))
        {
            message.Dispose();
            remote.Metrics.MessageDropped(server.Name, "unknown-id");
            return;
        }

        _asksClient = message.Envelope.IsRequest;
        if (filter.Apply(message) is not { } left)
            return;
        using (left)
            SseWriter.Write(context.Response.BodyWriter, left);
    }

    // Whose answer it was cannot be told; with one request in flight it can only be that one's.
    private bool Oversized()
    {
        remote.Metrics.MessageDropped(server.Name, "too-long");
        if (Pending is not { Count: 1 })
            return true;
        using var answer = JsonRpcMessage.CreateError(Pending.Single(), UpstreamErrors.TooLong(server.Name));
        Pending.Clear();
        SseWriter.Write(context.Response.BodyWriter, answer);
        return true;
    }

    private void WriteFields(SseItem<PooledBytes> item)
    {
        if (item.EventId is { Length: > 0 } id)
        {
            _isResumable = true;
            Encoding.UTF8.GetBytes($"id: {id}\n", context.Response.BodyWriter);
        }

        if (item.ReconnectionInterval is { } retry)
            Encoding.UTF8.GetBytes($"retry: {(long)retry.TotalMilliseconds}\n", context.Response.BodyWriter);
    }
}
