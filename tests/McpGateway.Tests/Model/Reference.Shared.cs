using System.Text.Json.Nodes;
using McpGateway.JsonRpc;

namespace McpGateway.Tests.Model;

/// <summary>What several sessions of one child want of it: resources and a log level.</summary>
internal sealed partial class Reference
{
    private readonly Queue<(ReferenceChild Child, string Uri)> _endedSteps = new();

    // What the child is told depends on who is subscribed, and that on what it answered before: one after the other.
    private void TakeSubscription(ReferenceCall call, ReferenceChild child)
    {
        var uri = call.Uri!;
        Action step = call.Method == "resources/subscribe"
            ? () => SubscribeInOrder(call, child, uri)
            : () => UnsubscribeInOrder(call, child, uri);
        if (child.Subscribing.TryGetValue(uri, out var running))
            running.Waiting.Enqueue(step);
        else
            step();
    }

    private void SubscribeInOrder(ReferenceCall call, ReferenceChild child, string uri)
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
            child.Subscribing[uri] = (call, new Queue<Action>());
            Forward(call);
        }
    }

    private void UnsubscribeInOrder(ReferenceCall call, ReferenceChild child, string uri)
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

    /// <summary>What waited behind another step comes after all else that a step does.</summary>
    public void Conclude()
    {
        while (_endedSteps.TryDequeue(out var running))
        {
            if (Children.Contains(running.Child))
                EndStep(running.Child, running.Uri);
        }
    }

    private static void EndStep(ReferenceChild child, string uri)
    {
        child.Subscribing.Remove(uri, out var running);
        while (running.Waiting.TryDequeue(out var next))
        {
            next();
            if (!child.Subscribing.TryGetValue(uri, out var another))
                continue;
            while (running.Waiting.TryDequeue(out var later))
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

    // A session that has set no level gets info and above.
    private static bool Wants(ReferenceSession session, string level) =>
        Array.IndexOf(Levels, level) >= (session.Level ?? Array.IndexOf(Levels, "info"));
}
