using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>
/// The tasks (MCP 2025-11-25) on which a child works although no call waits for it. As long as there are any, it must not
/// hibernate. Their number and their age are bounded, because a child need not report that a task has ended.
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
                    _startedAt.Remove(task); // a dictionary allows that while it is enumerated
            }

            return _startedAt.Count > 0;
        }
    }

    /// <summary>Reads from the answer to a call whether it starts a task, or a task has ended.</summary>
    public void Watch(ClientCall call)
    {
        if (call.WantsTask)
            call.OnAnswer += answer => Begin(AnswerReader.FindTask(answer));
        else if (call.Task is { } task && McpMethod.IsAboutTasks(call.Method))
            call.OnAnswer += answer => EndIf(IsOver(call.Method, answer), task);
    }

    /// <summary>Reads from a notification of the child's whether a task has ended.</summary>
    public void Watch(JsonRpcMessage message)
    {
        if (message.Envelope is { Method: McpMethod.TaskStatus, Task: { } task } envelope)
            EndIf(IsOver(envelope.Params.In(message.Utf8)), task);
    }

    /// <summary>The child is gone, and its tasks with it.</summary>
    public void Clear()
    {
        lock (_lock)
            _startedAt.Clear();
    }

    /// <summary>Whether a task's state, as an answer or a notification has it, is final.</summary>
    public static bool IsOver(ReadOnlySpan<byte> state) =>
        JsonMembers.FindText(state, "status"u8) is "completed" or "failed" or "cancelled";

    // tasks/result is answered only when the task has a result, and tasks/cancel ends the task. An error means that there is no
    // such task.
    private static bool IsOver(string method, JsonRpcMessage answer) =>
        method != McpMethod.GetTask || answer.Envelope.Kind is JsonRpcKind.Error
        || IsOver(answer.Envelope.Result.In(answer.Utf8));

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
