using System.Buffers;
using System.Text.Json;
using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>Reads a remote server's response, except for its events. No header of it is relayed as it is.</summary>
internal static class UpstreamResponse
{
    // A longer Retry-After is ignored: a server's mistake must not keep clients away for days.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    public static bool IsEventStream(this HttpResponseMessage response) => Is(response, RemoteHeaders.EventStream);

    public static bool IsJson(this HttpResponseMessage response) => Is(response, "application/json");

    public static TimeSpan? RetryAfter(this HttpResponseMessage response) =>
        response.Headers.RetryAfter?.Delta is { } wait && wait >= TimeSpan.Zero && wait <= LongestWait ? wait : null;

    /// <summary>The session id in the response.</summary>
    /// <returns>
    /// Null when there is none, or one that is not visible ASCII (MCP 2025-11-25, Streamable HTTP, "Session Management").
    /// </returns>
    public static string? SessionId(this HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues(McpHeaders.SessionId, out var values) && values.Count == 1
        && values.ToString() is { Length: > 0 and <= SessionSeal.LongestId } id
        && !id.AsSpan().ContainsAnyExceptInRange('!', '~') ? id : null;

    /// <summary>Reads a body of messages.</summary>
    /// <returns>Oversized when it is over the limit.</returns>
    /// <exception cref="TimeoutException">It did not come in time.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<PooledBytes> ReadBodyAsync(
        this HttpResponseMessage response, RemoteContext remote, TimeSpan timeout, CancellationToken leave)
    {
        using var late = new CancellationTokenSource(timeout, remote.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(leave, late.Token);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(stop.Token);
            return await PooledBytes.ReadAsync(stream, remote.MessageBytes, stop.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !leave.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
        catch (HttpRequestException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    /// <summary>The JSON-RPC error in the body of a refusal, with the request's id; null for any other body.</summary>
    public static async Task<JsonRpcMessage?> ReadErrorAsync(
        this HttpResponseMessage response, RemoteContext remote, RemoteCall call, JsonRpcId id)
    {
        if (!response.IsJson())
            return null;
        try
        {
            var body = await response.ReadBodyAsync(remote, call.Server.RequestTimeout, call.Request.Aborted);
            var error = body.IsOversized ? null : ErrorIn(body.Span, id);
            body.Return();
            return error;
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            return null; // the status is all that is known
        }
    }

    // A server that refuses a request before reading it does not know its id. Some then write null, others leave it out.
    private static JsonRpcMessage? ErrorIn(ReadOnlySpan<byte> body, JsonRpcId id)
    {
        try
        {
            if (!JsonMembers.TryFind(body, "error"u8, out var error) || !JsonMembers.TryFind(error, "code"u8, out _)
                || (JsonMembers.TryFind(body, "id"u8, out var own) && IsAnother(own, id)))
                return null;
            byte[] answer = [.. "{\"jsonrpc\":\"2.0\",\"id\":"u8, .. id.ToUtf8(), .. ",\"error\":"u8, .. error, .. "}"u8];
            JsonRpcMessage.TryCopy(new ReadOnlySequence<byte>(answer), out var message, out _);
            return message;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsAnother(ReadOnlySpan<byte> own, JsonRpcId id)
    {
        var reader = new Utf8JsonReader(own);
        return reader.Read() && JsonRpcId.TryRead(ref reader, out var said) && said != id;
    }

    // Compression was not requested, so a compressed body cannot be read.
    private static bool Is(HttpResponseMessage response, string type) => response.Content.Headers.ContentEncoding.Count == 0
        && string.Equals(response.Content.Headers.ContentType?.MediaType, type, StringComparison.OrdinalIgnoreCase);
}
