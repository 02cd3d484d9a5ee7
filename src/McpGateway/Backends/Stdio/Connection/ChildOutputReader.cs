using System.Buffers;
using System.IO.Pipelines;
using McpGateway.Backends.Stdio.Framing;
using McpGateway.Diagnostics;
using McpGateway.JsonRpc;

namespace McpGateway.Backends.Stdio.Connection;

/// <summary>The one reader of a child's stdout: line by line, each message to its connection, all else to the log.</summary>
internal sealed partial class ChildOutputReader(
    ChildConnection connection, string server, GatewayMetrics metrics, ILogger log, int maxMessageBytes)
{
    private static readonly JsonRpcError TooLong = new(JsonRpcErrorCode.InvalidRequest, "The request is too long.");

    private bool _noiseSeen;

    /// <summary>Reads until the stream ends.</summary>
    public async Task RunAsync(Stream output)
    {
        var pipe = PipeReader.Create(output, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        var framer = new LineFramer(maxMessageBytes);
        while (true)
        {
            var read = await pipe.ReadAsync();
            var buffer = read.Buffer;
            while (framer.TryRead(ref buffer, out var line, out var oversized))
            {
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

    private ValueTask TakeAsync(in ReadOnlySequence<byte> line)
    {
        if (IsBlank(line))
            return default;
        return JsonRpcMessage.TryCopy(line, out var message, out var envelope) is { } error
            ? RefuseAsync(line.Length, error, envelope)
            : connection.ReceiveAsync(message!);
    }

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
            "{Server}[{Pid}] printed {Length} bytes on stdout that are no MCP message ({Reason}); further noise is logged at " +
            "Debug. A stdio server must log to stderr", EventName = "ChildNoise")]
        public static partial void FirstNoise(ILogger log, string server, int pid, long length, string reason);

        [LoggerMessage(9, LogLevel.Debug,
            "{Server}[{Pid}] printed {Length} bytes on stdout that are no MCP message ({Reason})", EventName = "ChildMoreNoise")]
        public static partial void Noise(ILogger log, string server, int pid, long length, string reason);

        [LoggerMessage(10, LogLevel.Warning,
            "{Server}[{Pid}] sent a message of {Length} bytes, over Limits:MessageBytes ({Limit})",
            EventName = "ChildMessageTooLong")]
        public static partial void TooLong(ILogger log, string server, int pid, long length, int limit);
    }
}
