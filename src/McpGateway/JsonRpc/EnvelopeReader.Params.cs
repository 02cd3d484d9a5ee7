using System.Text.Json;

namespace McpGateway.JsonRpc;

/// <summary>What is read inside <c>params</c>: tokens, the request that a cancellation names, the task.</summary>
internal ref partial struct EnvelopeReader
{
    private void ReadParams()
    {
        var start = (int)_reader.TokenStartIndex;
        if (_reader.TokenType is JsonTokenType.Null)
            return;
        if (_reader.TokenType is not JsonTokenType.StartObject)
        {
            Violate("params must be an object.");
            _reader.Skip();
            return;
        }

        var names = new MemberScan(MemberNames.Params, _message);
        while (NextMember(ref names, out var member))
        {
            switch (member)
            {
                case Member.Meta:
                    ReadMeta();
                    continue;
                case Member.ProgressToken:
                    _paramsToken = ReadIdQuietly(out _paramsTokenRange);
                    break;
                case Member.RequestId:
                    _hasRequestId = true;
                    _requestId = ReadIdQuietly(out _requestIdRange);
                    break;
                case Member.TaskId:
                    _taskId = ReadText();
                    break;
                case Member.Task:
                    _wantsTask = _reader.TokenType is not JsonTokenType.Null;
                    break;
            }

            _reader.Skip();
        }

        _params = new ByteRange(start, (int)_reader.BytesConsumed - start);
    }

    private void ReadMeta()
    {
        if (_reader.TokenType is not JsonTokenType.StartObject)
        {
            if (_reader.TokenType is not JsonTokenType.Null)
                Violate("_meta must be an object.");
            _reader.Skip();
            return;
        }

        var names = new MemberScan(MemberNames.Meta, _message);
        while (NextMember(ref names, out var member))
        {
            if (member is Member.RelatedTask && _reader.TokenType is JsonTokenType.StartObject)
            {
                ReadRelatedTask();
                continue;
            }

            if (member is Member.ProgressToken && _reader.TokenType is not JsonTokenType.Null)
            {
                _hasMetaToken = true;
                _metaToken = ReadIdQuietly(out _metaTokenRange);
            }

            _reader.Skip();
        }
    }

    private void ReadRelatedTask()
    {
        var names = new MemberScan(MemberNames.RelatedTask, _message);
        while (NextMember(ref names, out var member))
        {
            if (member is Member.TaskId)
                _relatedTask = ReadText();
            _reader.Skip();
        }
    }

    private string? ReadText()
    {
        if (_reader.TokenType is not JsonTokenType.String)
            return null; // no task is named so; what else it may mean is the server's business
        if (InspectedText.TryGetString(ref _reader, out var text))
            return text;
        Violate("taskId holds a lone surrogate.");
        return null;
    }
}
