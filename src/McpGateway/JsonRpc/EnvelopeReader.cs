using System.Text.Json;
using System.Text.Unicode;

namespace McpGateway.JsonRpc;

/// <summary>
/// Reads a message's envelope in one pass over its bytes. It also ensures that every other parser reads the same message: exactly
/// one JSON value, valid UTF-8, and no member that two parsers could understand differently. The rules are those of JSON-RPC 2.0,
/// sections 4 and 5; MCP allows only strings and integers as ids and only objects as params.
/// </summary>
internal ref partial struct EnvelopeReader
{
    public const int MaxDepth = 256;

    private static readonly JsonRpcError NotUtf8 = new(JsonRpcErrorCode.ParseError, "The message is not valid UTF-8.");
    private static readonly JsonRpcError ByteOrderMark =
        new(JsonRpcErrorCode.ParseError, "The message starts with a byte-order mark; send UTF-8 without one.");
    private static readonly JsonRpcError NotJson =
        new(JsonRpcErrorCode.ParseError, "The message is not a single JSON value, nested at most 256 levels deep.");

    private readonly ReadOnlySpan<byte> _message;
    private Utf8JsonReader _reader;
    private string? _violation;

    private bool _hasId, _hasMethod, _hasVersion, _hasResult, _hasError, _hasRequestId, _hasMetaToken, _wantsTask;
    private JsonRpcId _id, _paramsToken, _metaToken, _requestId;
    private ByteRange _idRange, _params, _result, _paramsTokenRange, _metaTokenRange, _requestIdRange;
    private string? _method, _relatedTask, _taskId;

    private EnvelopeReader(ReadOnlySpan<byte> message)
    {
        _message = message;
        _reader = new Utf8JsonReader(message, new JsonReaderOptions { MaxDepth = MaxDepth });
    }

    /// <returns>
    /// Null when the message is valid; otherwise the error to respond with, and <paramref name="envelope"/> contains what could
    /// be read.
    /// </returns>
    public static JsonRpcError? Read(ReadOnlySpan<byte> message, out JsonRpcEnvelope envelope)
    {
        envelope = default;
        // A byte-order mark is forbidden (RFC 8259, section 8.1), and strict children exit when they read one.
        if (message.StartsWith("\uFEFF"u8))
            return ByteOrderMark;
        // Utf8JsonReader checks the UTF-8 of a string only when it is decoded, and most strings of a message never are.
        if (!Utf8.IsValid(message))
            return NotUtf8;
        var reader = new EnvelopeReader(message);
        try
        {
            reader.ReadRoot();
        }
        catch (JsonException)
        {
            return NotJson;
        }

        envelope = reader.Build();
        return reader._violation is { } violation ? new JsonRpcError(JsonRpcErrorCode.InvalidRequest, violation) : null;
    }

    private void ReadRoot()
    {
        _reader.Read();
        if (_reader.TokenType is not JsonTokenType.StartObject)
        {
            Violate("The message must be a JSON object.");
            _reader.Skip();
        }
        else
        {
            var names = new MemberScan(MemberNames.Root, _message);
            while (NextMember(ref names, out var member))
                ReadRootMember(member);
        }

        // Utf8JsonReader throws here when anything but white space follows the value.
        _reader.Read();
    }

    private bool NextMember(ref MemberScan names, out Member member)
    {
        member = Member.Other;
        if (!_reader.Read() || _reader.TokenType is not JsonTokenType.PropertyName)
            return false;
        if (!names.TryAdd(ref _reader, out member))
            Violate("A member name occurs twice, or differs from a known name only in case, a NUL or a lone surrogate.");
        _reader.Read();
        return true;
    }

    private void ReadRootMember(Member member)
    {
        switch (member)
        {
            case Member.JsonRpc:
                _hasVersion = _reader.TokenType is JsonTokenType.String && InspectedText.Is(ref _reader, "2.0"u8);
                break;
            case Member.Id:
                _id = _hasId ? default : ReadId("id", out _idRange);
                _hasId = true;
                break;
            case Member.Method:
                _hasMethod = true;
                ReadMethod();
                break;
            case Member.Params:
                ReadParams();
                return;
            case Member.Result:
                _hasResult = true;
                _result = SkipValue();
                return;
            case Member.Error:
                _hasError = true;
                break;
        }

        _reader.Skip();
    }

    private void ReadMethod()
    {
        if (_reader.TokenType is not JsonTokenType.String)
            Violate("method must be a string.");
        else if (!_reader.ValueIsEscaped && McpMethod.Find(_reader.ValueSpan) is { } known)
            _method = known;
        else if (!InspectedText.TryGetString(ref _reader, out _method))
            Violate("method contains a lone surrogate.");
        else
            _method = McpMethod.Find(System.Text.Encoding.UTF8.GetBytes(_method)) ?? _method;
    }

    private JsonRpcId ReadId(string what, out ByteRange range)
    {
        var id = ReadIdQuietly(out range);
        if (id.IsNone && _reader.TokenType is not JsonTokenType.Null)
            Violate($"{what} must be a well-formed string or an integer.");
        return id;
    }

    // Reports no violation: whether the value must be an id depends on the method, which may come later in the message.
    private JsonRpcId ReadIdQuietly(out ByteRange range)
    {
        var start = (int)_reader.TokenStartIndex;
        range = new ByteRange(start, (int)_reader.BytesConsumed - start);
        return JsonRpcId.TryRead(ref _reader, out var id) ? id : default;
    }

    private ByteRange SkipValue()
    {
        var start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        return new ByteRange(start, (int)_reader.BytesConsumed - start);
    }

    private JsonRpcEnvelope Build()
    {
        if (!_hasVersion)
            Violate("jsonrpc must be \"2.0\".");
        var kind = Kind();
        var isProgress = kind is JsonRpcKind.Notification && _method == McpMethod.Progress;
        var isCancelled = kind is JsonRpcKind.Notification && _method == McpMethod.Cancelled;
        if (isProgress ? _paramsToken.IsNone : _hasMetaToken && _metaToken.IsNone)
            Violate("progressToken must be a well-formed string or an integer.");
        if (isCancelled && _hasRequestId && _requestId.IsNone)
            Violate("requestId must be a well-formed string or an integer.");
        return new JsonRpcEnvelope
        {
            Kind = kind,
            Id = _id,
            IdRange = _idRange,
            Method = _method,
            Params = _params,
            Result = _result,
            ProgressToken = isProgress ? _paramsToken : _metaToken,
            ProgressTokenRange = isProgress ? _paramsTokenRange : _metaTokenRange,
            CancelledId = isCancelled ? _requestId : default,
            CancelledIdRange = isCancelled ? _requestIdRange : default,
            Task = _relatedTask ?? _taskId,
            WantsTask = _wantsTask,
        };
    }

    private JsonRpcKind Kind()
    {
        if (_hasMethod)
        {
            if (_hasResult || _hasError)
                Violate("A message must not have both a method and a result or an error.");
            if (_hasId && _id.IsNone)
                Violate("A request's id must not be null.");
            return _hasId ? JsonRpcKind.Request : JsonRpcKind.Notification;
        }

        if (_hasResult == _hasError)
            Violate("A message must have a method, or exactly one of result and error.");
        if (_id.IsNone && (_hasResult || !_hasId))
            Violate("A response must have the id of its request.");
        return _hasError ? JsonRpcKind.Error : JsonRpcKind.Result;
    }

    private void Violate(string reason) => _violation ??= reason;
}
