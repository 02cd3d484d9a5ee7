using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer.Tools;

/// <summary>
/// <c>{"content":[{"type":"text","text":…}],"structuredContent":…,"isError":true}</c>; the last two are optional.
/// </summary>
internal sealed record ToolResult(string Text, Action<Utf8JsonWriter>? Structured = null, bool IsError = false)
{
    /// <summary>Whether to write the id at the end of the line, so that a reader must scan the whole result to find it.</summary>
    public bool IdLast { get; init; }

    /// <summary>Work to do after the response was sent.</summary>
    public Func<CancellationToken, Task>? Afterwards { get; init; }

    /// <summary>The id of the task that it is the result of, for its <c>_meta</c>.</summary>
    public string? TaskId { get; init; }

    public Task SendAsync(Outbox outbox, JsonElement id, CancellationToken cancellationToken)
    {
        if (!IdLast) return outbox.ReplyAsync(id, Write, cancellationToken);
        return outbox.SendAsync(message =>
        {
            message.WritePropertyName("result");
            Write(message);
            message.WriteRaw("id", id);
        }, cancellationToken);
    }

    private void Write(Utf8JsonWriter result)
    {
        result.WriteStartObject();
        result.WriteStartArray("content");
        result.WriteStartObject();
        result.WriteString("type", "text");
        result.WriteString("text", Text);
        result.WriteEndObject();
        result.WriteEndArray();
        if (Structured is not null)
        {
            result.WritePropertyName("structuredContent");
            Structured(result);
        }
        if (IsError) result.WriteBoolean("isError", true);
        if (TaskId is { } task) result.WriteMeta(null, task);
        result.WriteEndObject();
    }
}
