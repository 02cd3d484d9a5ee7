using McpGateway.JsonRpc;

namespace McpGateway.Tests.Model;

/// <summary>What time does.</summary>
internal sealed partial class Reference
{
    private static readonly TimeSpan HeldFor = TimeSpan.FromSeconds(30);

    /// <summary>The monitor's visit to a session.</summary>
    public void Tick(ReferenceSession session)
    {
        foreach (var call in session.Calls.Where(call => IsOverdue(session, call)).ToArray())
            TimeOut(session, call);
        foreach (var (_, sent, _) in session.Held.Where(held => HasPassed(held.Since, HeldFor)).ToArray())
            GiveUp(session, sent);
        session.Held.RemoveAll(held => HasPassed(held.Since, HeldFor));
        if (IsOver(session))
            End(session);
    }

    /// <summary>The monitor's visit to the pool.</summary>
    public void Tick()
    {
        foreach (var child in Children.Where(child => !child.IsOwn).ToArray())
        {
            child.InFlight.RemoveAll(call => !call.IsLive && Now - call.AbandonedAt > times.Maximum.Ticks);
            if (child.InFlight.Exists(call => call.IsLive))
                child.UsedAt = Now; // it is idle from its last answer on
            if (child.Members.Count == 0 && HasPassed(child.UsedAt, times.Idle))
                Children.Remove(child);
        }
    }

    // Reset by progress, stopped while a request of that call waits for the client, and never beyond the maximum.
    private bool IsOverdue(ReferenceSession session, ReferenceCall call)
    {
        if (HasPassed(call.StartedAt, times.Maximum))
            return true;
        var waits = call.Waiting > 0
            || session.Child!.ServerRequests.Exists(sent => sent.Session == session && sent.Call is null);
        return !waits && HasPassed(call.ActiveAt, call.IsInitialize ? times.Start : times.Request);
    }

    private void TimeOut(ReferenceSession session, ReferenceCall call)
    {
        Fail(call, JsonRpcErrorCode.InternalError);
        GiveUp(call, null);
        if (call.IsInitialize)
            session.EndsAt ??= Now + EndSoonTimeout.Ticks;
    }

    private bool IsOver(ReferenceSession session)
    {
        if (session.Calls.Count > 0)
        {
            session.UsedAt = Now; // a session is idle from its last answer on
            return session.EndsAt is { } end && Now >= end;
        }

        return session.EndsAt is not null || (!session.MayListen && HasPassed(session.UsedAt, times.Idle));
    }

    private bool HasPassed(long since, TimeSpan time) => Now - since >= time.Ticks;
}
