using McpGateway.Backends.Stdio.Supervision;
using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// The ids that a shared child and its clients have issued. They show to which session a later message belongs.
/// </summary>
internal sealed class IssuedIds
{
    /// <summary>Tasks that the child runs for a session.</summary>
    public RecordedIds Tasks { get; } = new();

    /// <summary>Tasks that a session's client runs for the child.</summary>
    public RecordedIds ClientTasks { get; } = new();

    public RecordedIds Elicitations { get; } = new();

    public TaskTokens TaskTokens { get; } = new();

    /// <summary>Records the ids in the child's answer to a call, even if nobody waits for it any more.</summary>
    public void Record(ClientCall call, JsonRpcMessage answer)
    {
        if (call.WantsTask && AnswerReader.FindTask(answer) is { } task)
        {
            Tasks.Record(task, call.Session);
            if (!call.ProgressToken.IsNone)
                TaskTokens.Record(call.ServerId, new TaskToken(call.Session, task, call.ProgressToken));
        }
        else if (answer.Envelope.Kind is JsonRpcKind.Error)
        {
            foreach (var elicitation in AnswerReader.FindElicitations(answer))
                Elicitations.Record(elicitation, call.Session);
        }
    }

    /// <summary>The child is gone, and what was issued with it.</summary>
    public void Clear()
    {
        Tasks.Clear();
        ClientTasks.Clear();
        Elicitations.Clear();
        TaskTokens.Clear();
    }
}
