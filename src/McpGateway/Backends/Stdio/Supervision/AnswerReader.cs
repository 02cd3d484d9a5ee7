using System.Buffers.Text;
using System.Text.Json;
using McpGateway.JsonRpc;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>Reads the ids in an answer that show to which session later messages belong.</summary>
internal static class AnswerReader
{
    /// <summary>The task that a request was answered with (<c>result.task.taskId</c>, 2025-11-25); null for none.</summary>
    public static string? FindTask(JsonRpcMessage answer) =>
        JsonMembers.TryFind(answer.Envelope.Result.In(answer.Utf8), "task"u8, out var task)
            ? JsonMembers.FindText(task, "taskId"u8)
            : null;

    /// <summary>The URL elicitations that the client must finish before it may try again (-32042, 2025-11-25).</summary>
    public static IReadOnlyList<string> FindElicitations(JsonRpcMessage answer)
    {
        var ids = new List<string>();
        if (!JsonMembers.TryFind(answer.Utf8, "error"u8, out var error) || !IsUrlElicitationRequired(error)
            || !JsonMembers.TryFind(error, "data"u8, out var data) || !JsonMembers.TryFind(data, "elicitations"u8, out var list))
        {
            return ids;
        }

        var reader = new Utf8JsonReader(list);
        reader.Read();
        while (reader.TokenType is not JsonTokenType.None && reader.Read() && reader.TokenType is JsonTokenType.StartObject)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (JsonMembers.FindText(list[start..(int)reader.BytesConsumed], "elicitationId"u8) is { } id)
                ids.Add(id);
        }

        return ids;
    }

    private static bool IsUrlElicitationRequired(ReadOnlySpan<byte> error) =>
        JsonMembers.TryFind(error, "code"u8, out var code)
        && Utf8Parser.TryParse(code, out int number, out _) && number == JsonRpcErrorCode.UrlElicitationRequired;
}
