using System.Buffers;
using System.Text.Json.Nodes;

namespace McpGateway.JsonRpc;

/// <summary>
/// A message that is being relayed: a pooled UTF-8 buffer with exactly one JSON object on one line, its envelope, and the ids
/// that replace its own when it is written. It has one owner at a time, who must dispose of it. Passing it to a queue or a stream
/// transfers the ownership.
/// </summary>
internal sealed class JsonRpcMessage : IDisposable
{
    private static readonly SearchValues<byte> LineBreaks = SearchValues.Create("\r\n"u8);

    private readonly int _length;
    private readonly bool _pooled; // an array that was not rented must not get into the pool
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

    /// <summary>What goes with it on an event stream; null for a message that is an event of its own making.</summary>
    public EventFields? Event { get; set; }

    /// <summary>The bytes as they arrived, except that line breaks between tokens were replaced by spaces.</summary>
    public ReadOnlySpan<byte> Utf8 => Buffer.AsSpan(0, _length);

    /// <summary>The number of bytes that <see cref="WriteTo"/> writes.</summary>
    public int WrittenLength => _length + _id.Growth + _progressToken.Growth;

    private byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(JsonRpcMessage));

    /// <summary>
    /// Takes a buffer that was rented from the shared pool. It is returned when the message is disposed of, or at once on an
    /// error.
    /// </summary>
    /// <param name="rented">From here on, the message owns it.</param>
    /// <param name="length">The length of the message in it.</param>
    /// <param name="message">Null when there is an error.</param>
    /// <param name="envelope">
    /// What could be read, even after an error. Then use it only to respond with the right id, not to relay anything.
    /// </param>
    public static JsonRpcError? TryTake(byte[] rented, int length, out JsonRpcMessage? message, out JsonRpcEnvelope envelope)
    {
        var error = EnvelopeReader.Read(rented.AsSpan(0, length), out envelope);
        message = null;
        if (error is not null)
        {
            ArrayPool<byte>.Shared.Return(rented); // no message owns it
            return error;
        }

        // JSON strings cannot contain raw line breaks, so these are between tokens. A child reads line by line, and would take
        // what follows a line break for another message. That would smuggle it past all rules.
        rented.AsSpan(0, length).ReplaceAny(LineBreaks, (byte)' ');
        message = new JsonRpcMessage(rented, length, pooled: true, envelope);
        return null;
    }

    /// <summary>Copies the bytes into a rented buffer first; otherwise like <see cref="TryTake"/>.</summary>
    public static JsonRpcError? TryCopy(in ReadOnlySequence<byte> utf8, out JsonRpcMessage? message, out JsonRpcEnvelope envelope)
    {
        var length = checked((int)utf8.Length);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        utf8.CopyTo(rented);
        return TryTake(rented, length, out message, out envelope);
    }

    /// <summary>A copy of the message as it arrived, for another receiver.</summary>
    public JsonRpcMessage Copy()
    {
        var copy = ArrayPool<byte>.Shared.Rent(_length);
        Utf8.CopyTo(copy);
        return new JsonRpcMessage(copy, _length, pooled: true, Envelope);
    }

    /// <summary>A message that the gateway creates.</summary>
    /// <exception cref="ArgumentException">The bytes are not a JSON-RPC message.</exception>
    public static JsonRpcMessage Create(byte[] utf8) => EnvelopeReader.Read(utf8, out var envelope) is { } error
        ? throw new ArgumentException(error.Message, nameof(utf8))
        : new JsonRpcMessage(utf8, utf8.Length, pooled: false, envelope);

    /// <inheritdoc cref="Create(byte[])"/>
    public static JsonRpcMessage Create(JsonObject json) => Create(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()));

    /// <summary>
    /// An event without a message. It is queued with the messages to keep their order. Its data is on one line.
    /// </summary>
    public static JsonRpcMessage CreateEvent(EventFields fields, byte[] data) =>
        new(data, data.Length, pooled: false, new JsonRpcEnvelope { Kind = JsonRpcKind.Notification }) { Event = fields };

    /// <summary>A request that the gateway creates. Its id is a placeholder, which the sender replaces.</summary>
    public static JsonRpcMessage CreateRequest(string method, JsonObject parameters) => Create(new JsonObject
    {
        ["jsonrpc"] = "2.0", ["id"] = 0, ["method"] = method, ["params"] = parameters,
    });

    /// <summary>The error as the response to the request with this id.</summary>
    public static JsonRpcMessage CreateError(JsonRpcId id, JsonRpcError error) => Create(error.ToResponse(id));

    /// <summary>A response with this result, which is JSON, to the request with this id.</summary>
    public static JsonRpcMessage CreateResult(JsonRpcId id, ReadOnlySpan<byte> result) => Create(
        [.. "{\"jsonrpc\":\"2.0\",\"id\":"u8, .. id.ToUtf8(), .. ",\"result\":"u8, .. result, .. "}"u8]);

    /// <summary>The id that is written.</summary>
    public JsonRpcId WrittenId => _id.At.IsEmpty ? Envelope.Id : _id.Value;

    /// <summary>Replaces the id when the message is written: its own id, or the request id in a cancellation.</summary>
    public void ReplaceId(JsonRpcId id) =>
        _id = new Replacement(Envelope.CancelledIdRange.IsEmpty ? Envelope.IdRange : Envelope.CancelledIdRange, id);

    /// <summary>Replaces the progress token when the message is written.</summary>
    public void ReplaceProgressToken(JsonRpcId token) => _progressToken = new Replacement(Envelope.ProgressTokenRange, token);

    /// <summary>Writes the message with its replacements and without a trailing line break.</summary>
    public void WriteTo(IBufferWriter<byte> writer)
    {
        var message = Utf8;
        // Senders write id and params in any order.
        var (first, second) = _id.At.Start <= _progressToken.At.Start ? (_id, _progressToken) : (_progressToken, _id);
        var written = 0;
        written = Write(writer, message, written, first);
        written = Write(writer, message, written, second);
        writer.Write(message[written..]);
    }

    public void Dispose()
    {
        // Exchange, so that the buffer is returned only once even if Dispose is called twice: the pool would hand it out twice.
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
                throw new InvalidOperationException("The message does not contain the value to replace.");
            At = at;
            Value = value;
            // An integer is formatted again when it is written. To keep its text would cost an allocation per message.
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
