using System.Buffers;
using System.IO.Pipelines;
using McpGateway.Backends.Stdio.Framing;
using McpGateway.Diagnostics;
using McpGateway.JsonRpc;

namespace McpGateway.Backends.Stdio.Connection;

/// <summary>The one reader of a child's stdout. Each line is a message for the connection, or noise for the log.</summary>
internal sealed partial class ChildOutputReader(
    ChildConnection connection, string server, GatewayMetrics metrics, ILogger log, int maxMessageBytes)
{
    private static readonly JsonRpcError TooLong = new(JsonRpcErrorCode.InvalidRequest, "The request is too long.");

    private bool _noiseSeen;

    /// <summary>Reads until the stream ends.</summary>
    public async Task RunAsync(Stream output)
    {
        // A pipe holds 64 KiB by default (pipe(7)), so one read can empty it. The stream belongs to the process.
        var pipe = PipeReader.Create(output, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        var framer = new LineFramer(maxMessageBytes);
        while (true)
        {
            var read = await pipe.ReadAsync();
            var buffer = read.Buffer;
            while (framer.TryRead(ref buffer, out var line, out var oversized))
            {
                // Awaited: while a message waits for a slow client, the child is not read on, and has to wait too.
                if (oversized is not null)
                    await SkipAsync(oversized);
                else
                    await TakeAsync(line);
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                return;
        }
    }

    // Copies the line, because the pipe reuses its memory after AdvanceTo.
    private ValueTask TakeAsync(in ReadOnlySequence<byte> line)
    {
        if (IsBlank(line))
            return default;
        return JsonRpcMessage.TryCopy(line, out var message, out var envelope) is { } error
            ? RefuseAsync(line.Length, error, envelope)
            : connection.ReceiveAsync(message!);
    }

    // "The server MUST NOT write anything to its stdout that is not a valid MCP message" (MCP, Transports, "stdio"), but many
    // do. Only a request, or the answer to a call, has somebody who waits for a reaction.
    private async ValueTask RefuseAsync(long length, JsonRpcError error, JsonRpcEnvelope envelope)
    {
        metrics.Noise(server);
        if (_noiseSeen)
            Log.Noise(log, server, connection.ProcessId, length, error.Message);
        else
            Log.FirstNoise(log, server, connection.ProcessId, length, error.Message);
        _noiseSeen = true;
        if (envelope is { IsRequest: true, Id.IsNone: false })
            connection.TrySend(JsonRpcMessage.CreateError(envelope.Id, error));
        else if (HasOutcome(envelope))
            await connection.TryFailAsync(envelope.Id, $"gave an answer that cannot be relayed: {error.Message}");
    }

    private async ValueTask SkipAsync(OversizedLine line)
    {
        Log.TooLong(log, server, connection.ProcessId, line.Length, maxMessageBytes);
        var reason = $"sent a message of {line.Length} bytes, over the limit of {maxMessageBytes} (Limits:MessageBytes)";
        if (line.HasMethod && !line.Id.IsNone)
            connection.TrySend(JsonRpcMessage.CreateError(line.Id, TooLong));
        else if (line.HasMethod || !await connection.TryFailAsync(line.Id, reason))
            metrics.MessageDropped(server, "too-long");
    }

    // A line of a JSON log may have an id, but neither a result nor an error.
    private static bool HasOutcome(in JsonRpcEnvelope envelope) =>
        envelope.Kind is JsonRpcKind.Error || (envelope.Kind is JsonRpcKind.Result && !envelope.Result.IsEmpty);

    private static bool IsBlank(in ReadOnlySequence<byte> line)
    {
        foreach (var segment in line)
        {
            if (segment.Span.ContainsAnyExcept(" \t\r"u8))
                return false;
        }

        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(8, LogLevel.Warning,
            "{Server}[{Pid}] printed {Length} bytes on stdout that are not an MCP message ({Reason}). A stdio server must log " +
            "to stderr. Further such lines are logged at Debug", EventName = "ChildNoise")]
        public static partial void FirstNoise(ILogger log, string server, int pid, long length, string reason);

        [LoggerMessage(9, LogLevel.Debug,
            "{Server}[{Pid}] printed {Length} bytes on stdout that are not an MCP message ({Reason})",
            EventName = "ChildMoreNoise")]
        public static partial void Noise(ILogger log, string server, int pid, long length, string reason);

        [LoggerMessage(10, LogLevel.Warning,
            "{Server}[{Pid}] sent a message of {Length} bytes, over Limits:MessageBytes ({Limit})",
            EventName = "ChildMessageTooLong")]
        public static partial void TooLong(ILogger log, string server, int pid, long length, int limit);
    }
}
