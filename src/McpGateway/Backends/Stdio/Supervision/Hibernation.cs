using McpGateway.Configuration;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>
/// When an idle child may be stopped until its next message: after <c>hibernateAfter</c>, or sooner when another child needs
/// its process slot.
/// </summary>
internal sealed class Hibernation(StdioServerState server, ChildActivity activity, RunningTasks tasks, TimeProvider time)
{
    /// <summary>Whether it has been idle for <c>hibernateAfter</c>.</summary>
    /// <param name="now">A timestamp of the clock.</param>
    public bool IsDue(long now) =>
        server.Config.HibernateAfter is { } limit && time.GetElapsedTime(activity.UsedAt, now) >= limit;

    /// <summary>Whether nobody waits for the child, and a later one may replace it.</summary>
    // With "terminate", a session ends with its child, so an idle child must keep running.
    public bool Allows(ChildRun run) =>
        server.Config.OnExit is not OnExit.Terminate
        && run is { IsReady: true, Child: { IsBusy: false } }
        && !activity.AnySender
        && !tasks.Any(server.Config.RequestMaximum);
}
