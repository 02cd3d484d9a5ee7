using McpGateway.Backends.Stdio.Sharing;
using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>
/// The tasks (2025-11-25) on which a child works though it owes nobody an answer: as long as it has any, it must not be put
/// to sleep. Bounded; of one that is never heard of again only its age is the end.
/// </summary>
internal sealed class RunningTasks(TimeProvider time)
{
    private const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _startedAt = new(StringComparer.Ordinal);

    /// <summary>Whether a task younger than this is running.</summary>
    public bool Any(TimeSpan maximum)
    {
        lock (_lock)
        {
            foreach (var (task, since) in _startedAt)
            {
                if (time.GetElapsedTime(since) >= maximum)
                    _startedAt.Remove(task);
            }

            return _startedAt.Count > 0;
        }
    }

    /// <summary>Learns from the answer to a call, whether it begins a task or asks about one.</summary>
    public void Watch(ClientCall call)
    {
        if (call.WantsTask)
            call.OnAnswer += answer => Begin(AnswerReader.FindTask(answer));
        else if (call.Task is { } task && McpMethod.IsAboutTasks(call.Method))
            call.OnAnswer += answer => EndIf(IsOver(call.Method, answer), task);
    }

    /// <summary>Learns from what the child says.</summary>
    public void Watch(JsonRpcMessage message)
    {
        if (message.Envelope is { Method: McpMethod.TaskStatus, Task: { } task } envelope)
            EndIf(IsOver(envelope.Params.In(message.Utf8)), task);
    }

    /// <summary>The child is gone, and they with it.</summary>
    public void Clear()
    {
        lock (_lock)
            _startedAt.Clear();
    }

    /// <summary>Whether a task's state, as an answer or a notification has it, is the last.</summary>
    public static bool IsOver(ReadOnlySpan<byte> state) =>
        JsonMembers.FindText(state, "status"u8) is "completed" or "failed" or "cancelled";

    // Its result is only given out when there is one; an error, too, means that there is nothing to wait for.
    private static bool IsOver(string method, JsonRpcMessage answer) =>
        method != McpMethod.GetTask || answer.Envelope.Kind is JsonRpcKind.Error || IsOver(answer.Envelope.Result.In(answer.Utf8));

    private void Begin(string? task)
    {
        lock (_lock)
        {
            if (task is not null && _startedAt.Count < Capacity)
                _startedAt[task] = time.GetTimestamp();
        }
    }

    private void EndIf(bool isOver, string task)
    {
        lock (_lock)
        {
            if (isOver)
                _startedAt.Remove(task);
        }
    }
}
