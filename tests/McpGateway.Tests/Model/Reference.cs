using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Tests.Model;

/// <summary>
/// The relay rules as the design's tables state them, and no more: who may see what. It is told each step before the
/// gateway is, and says what must come out of which stream and which stdin.
/// </summary>
internal sealed partial class Reference(
    Isolation isolation, int maxProcesses, ServerTimes times, Random random, TimeProvider time)
{
    private int _sessions, _children;

    /// <summary>Those that have not ended.</summary>
    public List<ReferenceSession> Sessions { get; } = [];

    /// <summary>Those that run, or have a slot kept for them.</summary>
    public List<ReferenceChild> Children { get; } = [];

    /// <summary>Those that are started in this step.</summary>
    public List<ReferenceChild> Starting { get; } = [];

    private long Now => time.GetTimestamp();

    /// <returns>Null when the server has no slot for it.</returns>
    public ReferenceSession? Open(SessionKind kind, SessionOwner owner)
    {
        var isOwn = isolation is Isolation.Session && kind is not SessionKind.Implicit;
        if (isOwn && !HasSlot())
            return null;
        var session = new ReferenceSession(++_sessions, kind, owner) { UsedAt = Now, IsReady = isOwn };
        if (isOwn)
        {
            session.Child = NewChild(session, owner, "{}");
            Children.Add(session.Child);
        }

        Sessions.Add(session);
        return session;
    }

    /// <summary>The session of a user's calls without one, opened when there is none.</summary>
    public ReferenceSession? UseImplicit(SessionOwner owner) =>
        Sessions.Find(session => session.IsImplicit && session.Owner == owner && session.EndsAt is null)
        ?? Open(SessionKind.Implicit, owner);

    /// <summary>What is left of the session is answered, and it leaves its shared child.</summary>
    public void End(ReferenceSession session)
    {
        if (!Sessions.Remove(session))
            return;
        session.HasEnded = true;
        var calls = session.Calls.ToArray();
        foreach (var call in calls)
            Fail(call, JsonRpcErrorCode.InternalError);
        foreach (var call in calls)
            GiveUp(call, null);
        session.Get?.End();
        session.Held.Clear();
        if (session.Child is not { } child)
            return;
        if (child.IsOwn)
            Children.Remove(child);
        else
            Leave(child, session);
    }

    /// <summary>The child is gone: so is what it knew of its sessions.</summary>
    public void Lose(ReferenceChild child)
    {
        Children.Remove(child);
        foreach (var session in child.Members.ToArray())
            End(session);
    }

    private void Leave(ReferenceChild child, ReferenceSession session)
    {
        child.Members.Remove(session);
        foreach (var sent in child.ServerRequests.Where(sent => sent.Session == session).ToArray())
        {
            Forget(child, sent);
            child.Expected.Add(Pattern.Error(sent.ChildId));
        }

        foreach (var (uri, subscribers) in child.Subscribers)
        {
            if (subscribers.Remove(session) && subscribers.Count == 0)
                Tell(child, "resources/unsubscribe", new JsonObject { ["uri"] = uri });
        }

        session.Level = null;
        TellLevel(child);
    }

    // At the limit the child that is unused for the longest makes room.
    private bool HasSlot()
    {
        if (Children.Count < maxProcesses)
            return true;
        return Children.Where(child => child.Members.Count == 0).MinBy(child => child.UsedAt) is { } unused
            && Children.Remove(unused);
    }

    private bool TryJoin(ReferenceSession session, string capabilities)
    {
        var (owner, declared) = isolation is Isolation.Shared ? ((SessionOwner?)null, "{}") : (session.Owner, capabilities);
        var child = Children.Find(other => !other.IsOwn && other.Owner == owner && other.Capabilities == declared);
        if (child is null)
        {
            if (!HasSlot())
                return false;
            child = NewChild(null, owner, declared);
            Children.Add(child);
        }

        session.Child = child;
        child.Members.Add(session);
        child.UsedAt = Now;
        return true;
    }

    private ReferenceChild NewChild(ReferenceSession? own, SessionOwner? owner, string capabilities) =>
        new(++_children, own, owner, capabilities)
        {
            Version = ProtocolVersion.Served[random.Next(ProtocolVersion.Served.Count)],
            Fails = random.Next(20) == 0,
        };

    // Who starts a child that needs the gateway's handshake learns whether it took part.
    private bool Start(ReferenceChild child)
    {
        if (child.IsStarted)
            return true;
        child.IsStarted = true;
        Starting.Add(child);
        return !child.NeedsHandshake || !child.Fails;
    }

    private void Tell(ReferenceChild child, string method, JsonObject parameters)
    {
        if (!Children.Contains(child))
            return;
        var id = child.NewId();
        child.GatewayCalls.Add(id);
        child.Expected.Add(new Pattern(
            new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id.Mark, ["method"] = method, ["params"] = parameters }, id));
    }
}

/// <summary>The server's settings that time is measured by.</summary>
internal sealed record ServerTimes(TimeSpan Start, TimeSpan Request, TimeSpan Maximum, TimeSpan Idle);
