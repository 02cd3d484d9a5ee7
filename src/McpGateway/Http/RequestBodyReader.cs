using System.Buffers;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace McpGateway.Http;

/// <summary>Reads the messages that a POST carries, and answers the POST itself when they are wrong.</summary>
internal sealed class RequestBodyReader(IOptions<LimitsOptions> limits, QueueBudget budget, RateLimits rateLimits)
{
    // What a client announces it may never send: more is rented when it is needed.
    private const int FirstBytes = 64 * 1024;

    /// <summary>Reads the messages, and charges each to their sender.</summary>
    /// <param name="context">A POST.</param>
    /// <param name="server">Whom it is for.</param>
    /// <param name="allowsBatch">Whether a batch may come here.</param>
    /// <returns>The messages, owned by the caller; null when the request has been answered.</returns>
    public ValueTask<PostedMessages?> ReadAsync(HttpContext context, ServerConfig server, bool allowsBatch) =>
        rateLimits.HoldFor(server) ? ReadChargedAsync(context, server, allowsBatch) : ReadAsync(context, allowsBatch);

    private async ValueTask<PostedMessages?> ReadChargedAsync(HttpContext context, ServerConfig server, bool allowsBatch)
    {
        var posted = await ReadAsync(context, allowsBatch);
        // Only now: while a slow body came, what its sender has used may have been forgotten.
        if (posted is null || rateLimits.QuotaOf(context, server) is not { } quota)
            return posted;
        // Refusing an answer would leave the server's request, and the call that it belongs to, open until requestMaximum.
        if (RateLimits.ChargeMessages(context, quota, posted.Messages.Length) is not { } refusal || posted.OnlySettles)
            return posted with { Rights = posted.Rights with { Quota = quota } };
        posted.Dispose();
        await JsonRpcErrorWriter.WriteAsync(context, refusal, posted.Id);
        return null;
    }

    private async ValueTask<PostedMessages?> ReadAsync(HttpContext context, bool allowsBatch)
    {
        // Not lenient: a page may send text/plain to any origin without a preflight request.
        if (!MediaTypes.IsJson(context.Request.ContentType))
        {
            await JsonRpcErrorWriter.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType,
                new(JsonRpcErrorCode.InvalidRequest, "Send 'Content-Type: application/json', in UTF-8."));
            return null;
        }

        // Before a byte is read: what is refused here costs the gateway no memory.
        if (budget.IsExceeded)
        {
            await FullAsync(context);
            return null;
        }

        var (buffer, length) = await ReadBytesAsync(context, limits.Value.RequestBodyBytes);
        if (buffer is null)
            return null;
        // A single message keeps the buffer that it was read into. A batch is copied: its messages get different owners.
        if (!JsonRpcBatch.IsBatch(buffer.AsSpan(0, length)))
            return await ReadOneAsync(context, buffer, length);
        try
        {
            return await ReadBatchAsync(context, buffer.AsMemory(0, length), allowsBatch);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<PostedMessages?> ReadOneAsync(HttpContext context, byte[] buffer, int length)
    {
        if (JsonRpcMessage.TryTake(buffer, length, out var message, out var envelope) is not { } error)
            return new PostedMessages([message!], IsBatch: false, Caller.RightsOf(context));
        await JsonRpcErrorWriter.WriteAsync(context, StatusCodes.Status400BadRequest, error, envelope.Id);
        return null;
    }

    private static async ValueTask<PostedMessages?> ReadBatchAsync(
        HttpContext context, ReadOnlyMemory<byte> body, bool allowsBatch)
    {
        var error = JsonRpcBatch.Split(body.Span, out var parts);
        if (error is null && !allowsBatch)
        {
            error = new(
                JsonRpcErrorCode.InvalidRequest, $"Batches exist only in a session of revision {ProtocolVersion.V2025March}.");
        }

        var messages = new List<JsonRpcMessage>();
        JsonRpcEnvelope envelope = default;
        foreach (var part in error is null ? parts : [])
        {
            var bytes = new ReadOnlySequence<byte>(body.Slice(part.Start, part.Length));
            error = JsonRpcMessage.TryCopy(bytes, out var message, out envelope);
            if (error is not null)
                break;
            messages.Add(message!);
        }

        if (error is null)
            return new PostedMessages([.. messages], IsBatch: true, Caller.RightsOf(context));
        // All or none: a batch that is half sent could not be answered as one.
        messages.ForEach(message => message.Dispose());
        await JsonRpcErrorWriter.WriteAsync(context, StatusCodes.Status400BadRequest, error, envelope.Id);
        return null;
    }

    private async ValueTask<(byte[]? Buffer, int Length)> ReadBytesAsync(HttpContext context, int limit)
    {
        // Kestrel's own limit answers without a body; ours is checked here.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = null;
        var announced = context.Request.ContentLength;
        // A client that says so is told before it sends all of it; one that sends without a length is stopped below.
        if (announced > limit)
            return await TooLongAsync(context, limit);
        var body = new GrowingBuffer(budget, (int)Math.Clamp(announced ?? FirstBytes, 1, FirstBytes));
        try
        {
            while (true)
            {
                var read = await context.Request.BodyReader.ReadAsync(context.RequestAborted);
                var fits = body.Length + read.Buffer.Length <= limit;
                if (fits)
                    body.Append(read.Buffer);
                // Always before anything else: a reader that was not advanced cannot be read or completed again.
                context.Request.BodyReader.AdvanceTo(read.Buffer.End);
                if (!fits)
                    return await TooLongAsync(context, limit);
                if (read.IsCompleted)
                    return (body.Detach(), body.Length);
                // Again after each part: many slow bodies at once are each small when they begin.
                if (budget.IsExceeded)
                    return await FullAsync(context);
            }
        }
        finally
        {
            body.Dispose();
        }
    }

    private static async ValueTask<(byte[]?, int)> TooLongAsync(HttpContext context, int limit)
    {
        await JsonRpcErrorWriter.WriteAsync(context, StatusCodes.Status413PayloadTooLarge,
            new(JsonRpcErrorCode.InvalidRequest, $"The body is over the limit of {limit} bytes (Limits:RequestBodyBytes)."));
        return default;
    }

    private static async ValueTask<(byte[]?, int)> FullAsync(HttpContext context)
    {
        await JsonRpcErrorWriter.WriteAsync(context, Refusal.QueuesFull, default);
        return default;
    }
}
