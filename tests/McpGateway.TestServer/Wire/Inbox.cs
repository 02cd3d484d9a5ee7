using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Unicode;

namespace McpGateway.TestServer.Wire;

/// <summary>
/// The lines of stdin, each parsed as a JSON object. Any other line causes a <see cref="BadLineException"/>, also an empty one
/// and an unterminated last one. <see cref="PauseFor"/> takes effect before the next line, even if that is already buffered.
/// </summary>
internal sealed class Inbox(Stream stdin)
{
    // Deeper than the gateway allows, so that this server never rejects a message for its depth.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 512 };

    private readonly PipeReader _reader = PipeReader.Create(stdin, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
    private Task _pause = Task.CompletedTask;

    public void PauseFor(TimeSpan time) => _pause = Task.Delay(time, TimeProvider.System);

    public async IAsyncEnumerable<JsonElement> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            await _pause;
            var read = await _reader.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                await _pause;
                yield return Parse(rest.Slice(0, end));
                rest = rest.Slice(rest.GetPosition(1, end));
            }
            if (read.IsCompleted && rest.Length > 0) throw new BadLineException("the last line has no newline");
            if (read.IsCompleted) yield break;
            _reader.AdvanceTo(rest.Start, rest.End);
        }
    }

    private static JsonElement Parse(in ReadOnlySequence<byte> line)
    {
        var bytes = line.IsSingleSegment ? line.FirstSpan : line.ToArray();
        if (!Utf8.IsValid(bytes)) throw new BadLineException("not UTF-8");
        try
        {
            var message = JsonElement.Parse(bytes, Options);
            return message.ValueKind is JsonValueKind.Object ? message : throw new BadLineException("not a JSON object");
        }
        catch (JsonException e)
        {
            throw new BadLineException("not JSON", e);
        }
    }
}
