using System.Buffers;
using System.Text.Json.Nodes;

namespace McpGateway.JsonRpc;

/// <summary>
/// One message on its way: a pooled UTF-8 buffer that is exactly one JSON object on one line, its envelope, and the ids
/// that are written in place of its own. It has one owner at a time, who disposes of it; handing it to a queue or a
/// stream hands over the ownership.
/// </summary>
public sealed class JsonRpcMessage : IDisposable
{
    private static readonly SearchValues<byte> LineBreaks = SearchValues.Create("\r\n"u8);

    private readonly int _length;
    private readonly bool _pooled;
    private byte[]? _buffer;
    private Replacement _id;
    private Replacement _progressToken;

    private JsonRpcMessage(byte[] buffer, int length, bool pooled, in JsonRpcEnvelope envelope)
    {
        _buffer = buffer;
        _length = length;
        _pooled = pooled;
        Envelope = envelope;
    }

    public JsonRpcEnvelope Envelope { get; }

    /// <summary>The bytes as they arrived, but for line breaks between tokens, which are spaces.</summary>
    public ReadOnlySpan<byte> Utf8 => Buffer.AsSpan(0, _length);

    /// <summary>Bytes that <see cref="WriteTo"/> writes.</summary>
    public int WrittenLength => _length + _id.Growth + _progressToken.Growth;

    private byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(JsonRpcMessage));

    /// <summary>Takes a buffer rented from the shared pool; it goes back there with the message, or at once on an error.</summary>
    /// <param name="rented">Owned by the message from here on.</param>
    /// <param name="length">How much of it is the message.</param>
    /// <param name="message">Null when there is an error.</param>
    /// <param name="envelope">What could be read of it, also on an error: answer to its id, relay nothing by it.</param>
    public static JsonRpcError? TryTake(byte[] rented, int length, out JsonRpcMessage? message, out JsonRpcEnvelope envelope)
    {
        var error = EnvelopeReader.Read(rented.AsSpan(0, length), out envelope);
        message = null;
        if (error is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
            return error;
        }

        // JSON strings cannot hold raw line breaks, so any that are here stand between tokens. A child that reads lines
        // would take what follows one for the next message.
        rented.AsSpan(0, length).ReplaceAny(LineBreaks, (byte)' ');
        message = new JsonRpcMessage(rented, length, pooled: true, envelope);
        return null;
    }

    /// <summary>Copies the bytes first, see <see cref="TryTake"/>.</summary>
    public static JsonRpcError? TryCopy(in ReadOnlySequence<byte> utf8, out JsonRpcMessage? message, out JsonRpcEnvelope envelope)
    {
        var length = checked((int)utf8.Length);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        utf8.CopyTo(rented);
        return TryTake(rented, length, out message, out envelope);
    }

    /// <summary>The message as it arrived once more, for another receiver.</summary>
    public JsonRpcMessage Copy()
    {
        var copy = ArrayPool<byte>.Shared.Rent(_length);
        Utf8.CopyTo(copy);
        return new JsonRpcMessage(copy, _length, pooled: true, Envelope);
    }

    /// <summary>A message of the gateway's own making.</summary>
    /// <exception cref="ArgumentException">The bytes are no JSON-RPC message.</exception>
    public static JsonRpcMessage Create(byte[] utf8) => EnvelopeReader.Read(utf8, out var envelope) is { } error
        ? throw new ArgumentException(error.Message, nameof(utf8))
        : new JsonRpcMessage(utf8, utf8.Length, pooled: false, envelope);

    /// <inheritdoc cref="Create(byte[])"/>
    public static JsonRpcMessage Create(JsonObject json) => Create(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()));

    /// <summary>A request of the gateway's own. Its id is a placeholder: whoever sends it replaces it.</summary>
    public static JsonRpcMessage CreateRequest(string method, JsonObject parameters) => Create(new JsonObject
    {
        ["jsonrpc"] = "2.0", ["id"] = 0, ["method"] = method, ["params"] = parameters,
    });

    /// <summary>The error as an answer to the request with this id.</summary>
    public static JsonRpcMessage CreateError(JsonRpcId id, JsonRpcError error) => Create(error.ToResponse(id));

    /// <summary>An answer with this result, which is JSON, to the request with this id.</summary>
    public static JsonRpcMessage CreateResult(JsonRpcId id, ReadOnlySpan<byte> result) => Create(
        [.. "{\"jsonrpc\":\"2.0\",\"id\":"u8, .. id.ToUtf8(), .. ",\"result\":"u8, .. result, .. "}"u8]);

    /// <summary>The id under which it is written.</summary>
    public JsonRpcId WrittenId => _id.At.IsEmpty ? Envelope.Id : _id.Value;

    /// <summary>Writes another id than the message came with: its own, or the one that a cancellation names.</summary>
    public void ReplaceId(JsonRpcId id) =>
        _id = new Replacement(Envelope.CancelledIdRange.IsEmpty ? Envelope.IdRange : Envelope.CancelledIdRange, id);

    /// <summary>Writes another progress token than the message came with.</summary>
    public void ReplaceProgressToken(JsonRpcId token) => _progressToken = new Replacement(Envelope.ProgressTokenRange, token);

    /// <summary>Writes the message with its replacements, without a line break at the end.</summary>
    public void WriteTo(IBufferWriter<byte> writer)
    {
        var message = Utf8;
        var (first, second) = _id.At.Start <= _progressToken.At.Start ? (_id, _progressToken) : (_progressToken, _id);
        var written = 0;
        written = Write(writer, message, written, first);
        written = Write(writer, message, written, second);
        writer.Write(message[written..]);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer && _pooled)
            ArrayPool<byte>.Shared.Return(buffer);
    }

    private static int Write(IBufferWriter<byte> writer, ReadOnlySpan<byte> message, int from, in Replacement replacement)
    {
        if (replacement.At.IsEmpty)
            return from;
        writer.Write(message[from..replacement.At.Start]);
        replacement.WriteTo(writer);
        return replacement.At.End;
    }

    private readonly struct Replacement
    {
        private readonly byte[]? _text;
        private readonly int _length;

        public Replacement(ByteRange at, JsonRpcId value)
        {
            if (at.IsEmpty)
                throw new InvalidOperationException("The message has no such value to replace.");
            At = at;
            Value = value;
            Span<byte> digits = stackalloc byte[JsonRpcId.MaxIntegerBytes];
            if (!value.TryFormat(digits, out _length))
            {
                _text = value.ToUtf8();
                _length = _text.Length;
            }
        }

        public ByteRange At { get; }

        public JsonRpcId Value { get; }

        public int Growth => At.IsEmpty ? 0 : _length - At.Length;

        public void WriteTo(IBufferWriter<byte> writer)
        {
            if (_text is not null)
            {
                writer.Write(_text);
                return;
            }

            Value.TryFormat(writer.GetSpan(JsonRpcId.MaxIntegerBytes), out var written);
            writer.Advance(written);
        }
    }
}
