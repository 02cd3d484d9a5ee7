using System.Buffers;
using System.IO.Pipelines;
using McpGateway.Backends.Stdio.Framing;
using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Connection;

internal sealed partial class ChildConnection
{
    /// <summary>The one reader of a child's stdout: line by line, each to where it belongs.</summary>
    private sealed class ChildReader(ChildConnection child)
    {
        private bool _noiseSeen;

        public async Task RunAsync(PipeReader pipe, int maxMessageBytes)
        {
            var framer = new LineFramer(maxMessageBytes);
            while (true)
            {
                var read = await pipe.ReadAsync();
                var buffer = read.Buffer;
                while (framer.TryRead(ref buffer, out var line, out var oversized))
                {
                    if (oversized is not null)
                        await SkipAsync(oversized, maxMessageBytes);
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
            var error = JsonRpcMessage.TryCopy(line, out var message, out var envelope);
            if (error is not null)
                return RefuseAsync(line.Length, error, envelope);
            if (!envelope.IsAnswer)
                return child._listener.OnMessageAsync(message!, child);
            if (child.Calls.Find(envelope.Id) is { } call)
                return call.TakeAnswerAsync(message!);

            // Nobody asked, or nobody waits any more. Never broadcast: it may be another's answer, or a forged one.
            child.Drop(message!, "unknown-id");
            return default;
        }

        private async ValueTask RefuseAsync(long length, JsonRpcError error, JsonRpcEnvelope envelope)
        {
            child._context.Metrics.Noise(child._server.Name);
            if (_noiseSeen)
                Log.Noise(child._log, child._server.Name, child.ProcessId, length, error.Message);
            else
                Log.FirstNoise(child._log, child._server.Name, child.ProcessId, length, error.Message);
            _noiseSeen = true;
            if (envelope is { IsRequest: true, Id.IsNone: false })
                child.TrySend(JsonRpcMessage.CreateError(envelope.Id, error));
            else if (HasOutcome(envelope) && child.Calls.Find(envelope.Id) is { } call)
                await call.FailAsync(child.Failure($"gave an answer that cannot be relayed: {error.Message}", null).ToError());
        }

        private async ValueTask SkipAsync(OversizedLine line, int limit)
        {
            Log.TooLong(child._log, child._server.Name, child.ProcessId, line.Length, limit);
            var reason = $"sent a message of {line.Length} bytes, over the limit of {limit} (Limits:MessageBytes)";
            if (line.HasMethod && !line.Id.IsNone)
                child.TrySend(JsonRpcMessage.CreateError(line.Id, new(JsonRpcErrorCode.InvalidRequest, "The request is too long.")));
            else if (!line.HasMethod && child.Calls.Find(line.Id) is { } call)
                await call.FailAsync(child.Failure(reason, null).ToError());
            else
                child._context.Metrics.MessageDropped(child._server.Name, "too-long");
        }

        // A line of a JSON log may well have an id, but neither of these.
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
    }
}
