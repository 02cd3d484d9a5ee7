using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Tests.Model;

/// <summary>What else a client does.</summary>
internal sealed partial class Reference
{
    private static readonly TimeSpan EndSoonTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Takes a client's notification.</summary>
    /// <returns>The code of the refusal; null when it is taken.</returns>
    public int? Notify(ReferenceSession session, JsonObject notification)
    {
        if (session.HasEnded)
            return JsonRpcErrorCode.NotFound;
        session.UsedAt = Now;
        if (!session.HasBegun && !session.IsImplicit)
            return null;
        if (Begin(session, false, false, "{}") is { } refused)
            return refused;
        var child = session.Child!;
        switch ((string)notification["method"]!)
        {
            case "notifications/cancelled":
                var id = notification["params"]!["requestId"];
                if (session.Calls.Find(call => JsonNode.DeepEquals(call.Id, id)) is { IsInitialize: false } named)
                {
                    Finish(named, null);
                    GiveUp(named, notification);
                }

                return null;
            case "notifications/initialized" when child.NeedsHandshake:
                return null;
            case "notifications/initialized" when child.IsOwn:
                if (!session.HasInitialized)
                    SendInitialized(session, (JsonObject)notification.DeepClone());
                return null;
            case "notifications/roots/list_changed" when !child.IsOwn:
                return null;
            case "notifications/progress" when !child.IsOwn:
                var token = notification["params"]!["progressToken"];
                if (child.ServerRequests.Find(sent => sent.Session == session
                    && sent.ClientToken is { IsKnown: true } given && given.Fits(token, out _)) is { } found)
                    Send(child, With(notification, "progressToken", found.ChildToken!));
                return null;
            case "notifications/tasks/status" when !child.IsOwn
                && child.ClientTasks.GetValueOrDefault((string)notification["params"]!["taskId"]!) != session:
                return null;
            default:
                Send(child, (JsonObject)notification.DeepClone());
                return null;
        }
    }

    /// <summary>Takes a client's answer: only a request that was sent to this very session is answered.</summary>
    public int? AnswerAsk(ReferenceSession session, JsonObject answer)
    {
        if (session.HasEnded)
            return JsonRpcErrorCode.NotFound;
        session.UsedAt = Now;
        if (session.Child is not { } child
            || child.ServerRequests.Find(sent => sent.Session == session && sent.ClientId.IsKnown
                && sent.ClientId.Fits(answer["id"], out _)) is not { } found)
        {
            return null;
        }

        Forget(child, found);
        if (found.WantsTask && !child.IsOwn && (string?)(answer["result"] as JsonObject)?["task"]?["taskId"] is { } task)
            Record(child.ClientTasks, task, session);
        var toChild = (JsonObject)answer.DeepClone();
        toChild["id"] = found.ChildId.DeepClone();
        Send(child, toChild);
        return null;
    }

    public void OpenGet(ReferenceSession session, ReferenceStream stream)
    {
        session.Get?.End();
        session.Get = stream;
        session.UsedAt = Now;
        DeliverHeld(session);
    }

    /// <summary>The stream's client is gone; an SSE session ends shortly after.</summary>
    public void CloseGet(ReferenceSession session)
    {
        session.Get!.Abandon();
        session.Get = null;
        session.UsedAt = Now;
        if (session.Kind is not SessionKind.Sse)
            return;
        session.EndsAt ??= Now + EndSoonTimeout.Ticks;
        if (session.Calls.Count == 0)
            End(session);
    }

    /// <summary>Nobody waits any more for what was to go to this stream, and its calls are cancelled.</summary>
    public void CancelFor(ReferenceSession session, ReferenceStream stream)
    {
        foreach (var call in session.Calls.Where(call => call.Stream == stream).ToArray())
        {
            session.Calls.Remove(call);
            GiveUp(call, null);
        }
    }

    // The call has left its session. The child is told, and with others on the child it counts until it has answered.
    private void GiveUp(ReferenceCall call, JsonObject? cancellation)
    {
        if (call.Session.Child is not { } child)
            return;
        if (call.Uri is { } uri && child.Subscribing.TryGetValue(uri, out var running) && running.Pending == call)
        {
            // The child may subscribe all the same.
            Tell(child, "resources/unsubscribe", new JsonObject { ["uri"] = uri });
            _endedSteps.Enqueue((child, uri));
        }

        if (!child.InFlight.Contains(call))
            return;
        if (child.IsOwn)
            child.InFlight.Remove(call);
        else
            call.AbandonedAt = Now;
        if (child.IsOwn && call.IsInitialize)
            return;
        child.Expected.Add(new Pattern(cancellation is null
            ? new JsonObject
            {
                ["jsonrpc"] = "2.0",
                ["method"] = "notifications/cancelled",
                ["params"] = new JsonObject { ["requestId"] = call.ChildId!.Mark, ["reason"] = Pattern.Any },
            }
            : With(cancellation, "requestId", call.ChildId!.Mark), call.ChildId));
    }

    // Once: by its client, or in its stead before its first request.
    private void SendInitialized(ReferenceSession session, JsonObject? notification = null)
    {
        session.HasInitialized = true;
        Send(session.Child!,
            notification ?? new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/initialized" });
    }

    private void Send(ReferenceChild child, JsonObject message)
    {
        child.UsedAt = Now;
        if (Start(child))
            child.Expected.Add(new Pattern(message));
        else
            Lose(child);
    }

    private void Forget(ReferenceChild child, ReferenceServerRequest sent)
    {
        if (!child.ServerRequests.Remove(sent))
            return;
        child.PastServerRequests.Enqueue(sent);
        if (child.PastServerRequests.Count > 5)
            child.PastServerRequests.Dequeue();
        if (sent.Call is not { } call)
            return;
        call.Waiting--;
        call.ActiveAt = Now;
    }

    private static JsonObject With(JsonObject message, string parameter, JsonNode value)
    {
        var changed = (JsonObject)message.DeepClone();
        changed["params"]![parameter] = value.DeepClone();
        return changed;
    }
}
