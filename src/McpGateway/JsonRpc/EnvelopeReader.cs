using System.Text.Json;
using System.Text.Unicode;

namespace McpGateway.JsonRpc;

/// <summary>
/// Reads a message's envelope in one pass over its bytes. It also ensures that every other parser reads the same message: exactly
/// one JSON value, valid UTF-8, and no member that two parsers could understand differently. The rules are those of JSON-RPC 2.0,
/// sections 4 and 5; MCP allows only strings and integers as ids and only objects as params.
/// </summary>
internal ref struct EnvelopeReader
{
    // Many parsers are recursive, so an unlimited depth could crash a child. Utf8JsonReader's default is 64.
    public const int MaxDepth = 256;

    private static readonly JsonRpcError NotUtf8 = new(JsonRpcErrorCode.ParseError, "The message is not valid UTF-8.");
    private static readonly JsonRpcError ByteOrderMark =
        new(JsonRpcErrorCode.ParseError, "The message starts with a byte-order mark; send UTF-8 without one.");
    private static readonly JsonRpcError NotJson =
        new(JsonRpcErrorCode.ParseError, "The message is not a single JSON value, nested at most 256 levels deep.");

    private MessageReader _reader;
    private ParamsReader _params;

    private bool _hasId, _hasMethod, _hasVersion, _hasResult, _hasError;
    private JsonRpcId _id;
    private ByteRange _idRange, _result;
    private string? _method;

    private EnvelopeReader(ReadOnlySpan<byte> message) => _reader = new MessageReader(message);

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
        return reader._reader.Violation is { } violation ? new JsonRpcError(JsonRpcErrorCode.InvalidRequest, violation) : null;
    }

    private void ReadRoot()
    {
        _reader.Json.Read();
        if (_reader.Json.TokenType is not JsonTokenType.StartObject)
        {
            _reader.Violate("The message must be a JSON object.");
            // Read to the end all the same: what is no JSON is a parse error, and not an invalid request.
            _reader.Skip();
        }
        else
        {
            var names = _reader.Scan(MemberNames.Root);
            while (_reader.NextMember(ref names, out var member))
                ReadMember(member);
        }

        // Utf8JsonReader throws here when anything but white space follows the value.
        _reader.Json.Read();
    }

    private void ReadMember(Member member)
    {
        switch (member)
        {
            case Member.JsonRpc:
                // A number 2.0 is not the string "2.0", which JSON-RPC 2.0 requires (section 4).
                _hasVersion = _reader.Json.TokenType is JsonTokenType.String && InspectedText.Is(ref _reader.Json, "2.0"u8);
                break;
            case Member.Id:
                // With two ids, the error response uses neither: the sender may have meant the other one.
                _id = _hasId ? default : ReadId();
                _hasId = true;
                break;
            case Member.Method:
                _hasMethod = true;
                ReadMethod();
                break;
            case Member.Params:
                _params.Read(ref _reader);
                return;
            case Member.Result:
                _hasResult = true;
                _result = _reader.Skip();
                return;
            case Member.Error:
                _hasError = true;
                break;
        }

        _reader.Skip();
    }

    private void ReadMethod()
    {
        if (_reader.Json.TokenType is not JsonTokenType.String)
            _reader.Violate("method must be a string.");
        // The usual case: no string is made for a method that is known.
        else if (!_reader.Json.ValueIsEscaped && McpMethod.Find(_reader.Json.ValueSpan) is { } known)
            _method = known;
        else if (!InspectedText.TryGetString(ref _reader.Json, out _method))
            _reader.Violate("method contains a lone surrogate.");
        else // an escaped name: m\u0065thod is the same as method
            _method = McpMethod.Find(System.Text.Encoding.UTF8.GetBytes(_method)) ?? _method;
    }

    private JsonRpcId ReadId()
    {
        var id = _reader.ReadId(out _idRange);
        if (id.IsNone && _reader.Json.TokenType is not JsonTokenType.Null)
            _reader.Violate("id must be a well-formed string or an integer.");
        return id;
    }

    private JsonRpcEnvelope Build()
    {
        if (!_hasVersion)
            _reader.Violate("jsonrpc must be \"2.0\".");
        var kind = Kind();
        var isProgress = kind is JsonRpcKind.Notification && _method == McpMethod.Progress;
        var isCancelled = kind is JsonRpcKind.Notification && _method == McpMethod.Cancelled;
        // Checked here and not while reading: which of these must be valid depends on the method, and the method may come last.
        if (isProgress ? _params.ProgressToken.IsNone : _params.HasMetaToken && _params.MetaToken.IsNone)
            _reader.Violate("progressToken must be a well-formed string or an integer.");
        if (isCancelled && _params.HasRequestId && _params.RequestId.IsNone)
            _reader.Violate("requestId must be a well-formed string or an integer.");
        return new JsonRpcEnvelope
        {
            Kind = kind,
            Id = _id,
            IdRange = _idRange,
            Method = _method,
            Params = _params.Range,
            Result = _result,
            ProgressToken = isProgress ? _params.ProgressToken : _params.MetaToken,
            ProgressTokenRange = isProgress ? _params.ProgressTokenRange : _params.MetaTokenRange,
            CancelledId = isCancelled ? _params.RequestId : default,
            CancelledIdRange = isCancelled ? _params.RequestIdRange : default,
            Task = _params.Task,
            WantsTask = _params.WantsTask,
        };
    }

    private JsonRpcKind Kind()
    {
        if (_hasMethod)
        {
            // A parser that checks in another order would take it for a response, and no rule would have seen the request.
            if (_hasResult || _hasError)
                _reader.Violate("A message must not have both a method and a result or an error.");
            // MCP forbids it; in JSON-RPC a null id would be allowed, but no response could be told from another.
            if (_hasId && _id.IsNone)
                _reader.Violate("A request's id must not be null.");
            return _hasId ? JsonRpcKind.Request : JsonRpcKind.Notification;
        }

        if (_hasResult == _hasError)
            _reader.Violate("A message must have a method, or exactly one of result and error.");
        // An error may have a null id: its sender could not read the id of the request (JSON-RPC 2.0, section 5).
        if (_id.IsNone && (_hasResult || !_hasId))
            _reader.Violate("A response must have the id of its request.");
        return _hasError ? JsonRpcKind.Error : JsonRpcKind.Result;
    }
}
