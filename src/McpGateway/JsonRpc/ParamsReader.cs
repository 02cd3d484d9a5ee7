using System.Text.Json;

namespace McpGateway.JsonRpc;

/// <summary>
/// Reads from <c>params</c> what the envelope needs: progress tokens, the request that a cancellation names, and the task.
/// </summary>
internal struct ParamsReader
{
    private string? _relatedTask, _taskId;

    /// <summary>The whole object; empty when there is none.</summary>
    public ByteRange Range { get; private set; }

    /// <summary><c>params.progressToken</c>, of a progress notification.</summary>
    public JsonRpcId ProgressToken { get; private set; }

    public ByteRange ProgressTokenRange { get; private set; }

    /// <summary>Whether <c>params._meta.progressToken</c> exists; <see cref="MetaToken"/> is none if it is invalid.</summary>
    public bool HasMetaToken { get; private set; }

    public JsonRpcId MetaToken { get; private set; }

    public ByteRange MetaTokenRange { get; private set; }

    /// <summary>Whether <c>params.requestId</c> exists; <see cref="RequestId"/> is none if it is invalid.</summary>
    public bool HasRequestId { get; private set; }

    public JsonRpcId RequestId { get; private set; }

    public ByteRange RequestIdRange { get; private set; }

    /// <summary>See <see cref="JsonRpcEnvelope.Task"/>.</summary>
    public readonly string? Task => _relatedTask ?? _taskId;

    /// <summary>See <see cref="JsonRpcEnvelope.WantsTask"/>.</summary>
    public bool WantsTask { get; private set; }

    public void Read(ref MessageReader reader)
    {
        var start = (int)reader.Json.TokenStartIndex;
        // As if it were missing: some serializers write null for a member that is not set.
        if (reader.Json.TokenType is JsonTokenType.Null)
            return;
        if (reader.Json.TokenType is not JsonTokenType.StartObject)
        {
            reader.Violate("params must be an object.");
            reader.Skip();
            return;
        }

        var names = reader.Scan(MemberNames.Params);
        while (reader.NextMember(ref names, out var member))
            ReadMember(member, ref reader);
        // Only at its end is it known, and only of an object: the range stays empty after a violation.
        Range = new ByteRange(start, (int)reader.Json.BytesConsumed - start);
    }

    private void ReadMember(Member member, ref MessageReader reader)
    {
        switch (member)
        {
            case Member.Meta:
                ReadMeta(ref reader);
                return;
            case Member.ProgressToken:
                ProgressToken = reader.ReadId(out var token);
                ProgressTokenRange = token;
                break;
            case Member.RequestId:
                HasRequestId = true;
                RequestId = reader.ReadId(out var request);
                RequestIdRange = request;
                break;
            case Member.TaskId:
                _taskId = ReadTaskId(ref reader);
                break;
            case Member.Task:
                WantsTask = reader.Json.TokenType is not JsonTokenType.Null;
                break;
        }

        reader.Skip();
    }

    private void ReadMeta(ref MessageReader reader)
    {
        if (reader.Json.TokenType is not JsonTokenType.StartObject)
        {
            if (reader.Json.TokenType is not JsonTokenType.Null)
                reader.Violate("_meta must be an object.");
            reader.Skip();
            return;
        }

        var names = reader.Scan(MemberNames.Meta);
        while (reader.NextMember(ref names, out var member))
        {
            // Any other value is no related task. It is skipped below, and the server decides what to make of it.
            if (member is Member.RelatedTask && reader.Json.TokenType is JsonTokenType.StartObject)
            {
                ReadRelatedTask(ref reader);
                continue;
            }

            if (member is Member.ProgressToken && reader.Json.TokenType is not JsonTokenType.Null)
            {
                HasMetaToken = true;
                MetaToken = reader.ReadId(out var range);
                MetaTokenRange = range;
            }

            reader.Skip();
        }
    }

    private void ReadRelatedTask(ref MessageReader reader)
    {
        var names = reader.Scan(MemberNames.RelatedTask);
        while (reader.NextMember(ref names, out var member))
        {
            if (member is Member.TaskId)
                _relatedTask = ReadTaskId(ref reader);
            reader.Skip();
        }
    }

    private static string? ReadTaskId(ref MessageReader reader)
    {
        // Task ids are strings (MCP 2025-11-25). Another value names no task; the server decides whether it is an error.
        if (reader.Json.TokenType is not JsonTokenType.String)
            return null;
        if (InspectedText.TryGetString(ref reader.Json, out var text))
            return text;
        reader.Violate("taskId contains a lone surrogate.");
        return null;
    }
}
