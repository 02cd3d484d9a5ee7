using System.Text.Json.Nodes;
using McpGateway.JsonRpc;

namespace McpGateway.Tests.Model;

/// <summary>What several sessions of one child want of it: resources and a log level.</summary>
internal sealed partial class Reference
{
    private readonly Queue<(ReferenceChild Child, string Uri)> _endedTurns = new();

    // What the child is told depends on who is subscribed, and that on what it answered before: one after the other.
    private void TakeSubscription(ReferenceCall call, ReferenceChild child)
    {
        var uri = call.Uri!;
        Action step = call.Method == "resources/subscribe" ? () => SubscribeInTurn(call, child, uri) : () => UnsubscribeInTurn(call, child, uri);
        if (child.Turns.TryGetValue(uri, out var turn))
            turn.Waiting.Enqueue(step);
        else
            step();
    }

    private void SubscribeInTurn(ReferenceCall call, ReferenceChild child, string uri)
    {
        if (!call.IsLive)
            return;
        if (child.Subscribers.TryGetValue(uri, out var others) && others.Count > 0)
        {
            Subscribe(child, uri, call.Session);
            Finish(call, Pattern.Result(call.Id, new JsonObject()));
        }
        else
        {
            child.Turns[uri] = (call, new Queue<Action>());
            Forward(call);
        }
    }

    private void UnsubscribeInTurn(ReferenceCall call, ReferenceChild child, string uri)
    {
        if (!call.IsLive)
            return;
        var left = child.Subscribers.GetValueOrDefault(uri, []);
        left.Remove(call.Session);
        if (left.Count > 0)
            Finish(call, Pattern.Result(call.Id, new JsonObject()));
        else
            Forward(call);
    }

    private static void Subscribe(ReferenceChild child, string uri, ReferenceSession session)
    {
        if (!child.Subscribers.TryGetValue(uri, out var sessions))
            child.Subscribers[uri] = sessions = [];
        sessions.Add(session);
    }

    /// <summary>What waited for its turn comes after all else that a step does.</summary>
    public void Conclude()
    {
        while (_endedTurns.TryDequeue(out var turn))
        {
            if (Children.Contains(turn.Child))
                EndTurn(turn.Child, turn.Uri);
        }
    }

    private static void EndTurn(ReferenceChild child, string uri)
    {
        child.Turns.Remove(uri, out var turn);
        while (turn.Waiting.TryDequeue(out var next))
        {
            next();
            if (!child.Turns.TryGetValue(uri, out var another))
                continue;
            while (turn.Waiting.TryDequeue(out var later))
                another.Waiting.Enqueue(later);
        }
    }

    private void SetLevel(ReferenceCall call, ReferenceChild child)
    {
        var level = Array.IndexOf(Levels, (string?)call.Parameters!["level"]);
        if (level < 0)
        {
            Fail(call, JsonRpcErrorCode.InvalidParams);
            return;
        }

        call.Session.Level = level;
        TellLevel(child);
        Finish(call, Pattern.Result(call.Id, new JsonObject()));
    }

    // The most verbose level that anyone wants.
    private void TellLevel(ReferenceChild child)
    {
        if (child.Members.Min(session => session.Level) is not { } wanted || wanted == child.Level || !Children.Contains(child))
            return;
        child.Level = wanted;
        Tell(child, "logging/setLevel", new JsonObject { ["level"] = Levels[wanted] });
    }

    // A session that has asked for nothing gets info and above.
    private static bool Wants(ReferenceSession session, string level) =>
        Array.IndexOf(Levels, level) >= (session.Level ?? Array.IndexOf(Levels, "info"));
}
