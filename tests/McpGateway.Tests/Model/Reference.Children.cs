using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.JsonRpc;

namespace McpGateway.Tests.Model;

/// <summary>What a child says of its own accord: which session's it is, and which stream's.</summary>
internal sealed partial class Reference
{
    private const int HeldAtMost = 32;

    /// <summary>The child sends a request to a client.</summary>
    public void TakeServerRequest(ReferenceChild child, JsonObject request)
    {
        var id = request["id"]!;
        if ((string?)request["method"] == "ping")
            child.Expected.Add(Pattern.Result(id, new JsonObject()));
        else if (child.ServesAll)
            child.Expected.Add(Pattern.Error(id, JsonRpcErrorCode.MethodNotFound));
        else if (SessionFor(child, request) is not { IsImplicit: false } session
            || child.ServerRequests.Any(sent => JsonNode.DeepEquals(sent.ChildId, id)))
            child.Expected.Add(Pattern.Error(id));
        else
            TakeServerRequest(child, request, session);
    }

    private void TakeServerRequest(ReferenceChild child, JsonObject request, ReferenceSession session)
    {
        var isAboutClientsTask = !child.IsOwn && ((string)request["method"]!).StartsWith("tasks/", StringComparison.Ordinal);
        var call = (isAboutClientsTask ? null : CallOfTask(session, TaskOf(request))) ?? session.OnlyCall;
        var hidesToken = !child.IsOwn && request["params"]?["_meta"]?["progressToken"] is not null;
        var sent = new ReferenceServerRequest(
            request, session, call, child.NewClientId(), hidesToken ? child.NewClientToken() : null);
        child.ServerRequests.Add(sent);
        if (call is not null)
            call.Waiting++;
        if ((string?)request["params"]?["elicitationId"] is { } elicitation)
            Record(child.Elicitations, elicitation, session);
        var toClient = (JsonObject)request.DeepClone();
        toClient["id"] = sent.ClientId.Mark;
        if (hidesToken)
            toClient["params"]!["_meta"]!["progressToken"] = sent.ClientToken!.Mark;
        Deliver(session, new Pattern(toClient, sent.ClientId, sent.ClientToken), call, sent);
    }

    /// <summary>The child notifies its client.</summary>
    public void Hear(ReferenceChild child, JsonObject notification)
    {
        var method = (string)notification["method"]!;
        if (method == "notifications/cancelled")
            HearCancelled(child, notification);
        else if (child.IsOwn)
            HearOwn(child, notification, method);
        else if (method == "notifications/progress")
            HearProgress(child, notification);
        else if (TaskOf(notification) is { } task)
            HearOfTask(child, notification, task);
        else
            HearOfNone(child, notification, method);
    }

    private void HearOwn(ReferenceChild child, JsonObject notification, string method)
    {
        var session = child.Own!;
        var token = notification["params"]?["progressToken"];
        var named = method == "notifications/progress"
            ? session.Calls.Find(call => call.Token is not null && JsonNode.DeepEquals(call.Token, token))
            : null;
        if (named is not null)
            named.ActiveAt = Now;
        Deliver(session, new Pattern(notification), named ?? CallOfTask(session, TaskOf(notification)) ?? session.OnlyCall);
    }

    private void HearCancelled(ReferenceChild child, JsonObject cancelled)
    {
        if (child.ServerRequests.Find(
            sent => JsonNode.DeepEquals(sent.ChildId, cancelled["params"]!["requestId"])) is not { } found)
            return;
        Forget(child, found);
        var call = child.IsOwn ? child.Own!.OnlyCall : found.Call;
        Deliver(found.Session, new Pattern(With(cancelled, "requestId", found.ClientId.Mark), found.ClientId), call);
    }

    // By its token, as long as the call or its task lives.
    private void HearProgress(ReferenceChild child, JsonObject progress)
    {
        var token = progress["params"]!["progressToken"];
        if (child.InFlight.Find(call => IsUnder(call, token)) is { } call)
        {
            if (!call.IsLive)
                return;
            call.ActiveAt = Now;
            Deliver(call.Session, new Pattern(With(progress, "progressToken", call.Token!)), call);
        }
        else if (child.RunningTasks.Find(running => IsUnder(running.Call, token)) is { Call: { } begun, Task: var task })
        {
            Deliver(begun.Session, new Pattern(With(progress, "progressToken", begun.Token!)), CallOfTask(begun.Session, task));
        }
    }

    private void HearOfTask(ReferenceChild child, JsonObject notification, string task)
    {
        if ((string?)notification["method"] == "notifications/tasks/status"
            && (string?)notification["params"]!["status"] is "completed" or "failed" or "cancelled")
        {
            child.RunningTasks.RemoveAll(running => running.Task == task);
        }

        if (child.Tasks.GetValueOrDefault(task) is { } session)
            Deliver(session, new Pattern(notification), CallOfTask(session, task));
    }

    private void HearOfNone(ReferenceChild child, JsonObject notification, string method)
    {
        switch (method)
        {
            case "notifications/message":
                var level = (string)notification["params"]!["level"]!;
                var only = OnlyWithCalls(child);
                ReferenceSession[] meant = only is not null ? [only] : child.ServesAll ? [] : [.. child.Members];
                foreach (var session in meant.Where(session => Wants(session, level)))
                    Deliver(session, new Pattern(notification), only?.OnlyCall);
                break;
            case "notifications/resources/updated":
                var uri = (string)notification["params"]!["uri"]!;
                var subscribers = child.Subscribers.Where(entry => IsPartOf(uri, entry.Key)).SelectMany(entry => entry.Value);
                foreach (var session in subscribers.Distinct())
                    Deliver(session, new Pattern(notification), null);
                break;
            case "notifications/elicitation/complete":
                if (child.Elicitations.GetValueOrDefault((string)notification["params"]!["elicitationId"]!) is { } found)
                    Deliver(found, new Pattern(notification), null);
                break;
            case "notifications/tools/list_changed" or "notifications/prompts/list_changed"
                or "notifications/resources/list_changed":
                foreach (var session in child.Members)
                    Deliver(session, new Pattern(notification), null);
                break;
        }
    }

    // What a task belongs to is known; else it is about the one session that has calls in flight, or the only one there.
    private static ReferenceSession? SessionFor(ReferenceChild child, JsonObject request)
    {
        if (child.IsOwn)
            return child.Own;
        if (TaskOf(request) is { } task)
        {
            var isClients = ((string)request["method"]!).StartsWith("tasks/", StringComparison.Ordinal);
            return (isClients ? child.ClientTasks : child.Tasks).GetValueOrDefault(task);
        }

        return child.InFlight.Count > 0 ? OnlyWithCalls(child) : child.Members.Count == 1 ? child.Members[0] : null;
    }

    // Calls that were given up count until the child has answered them.
    private static ReferenceSession? OnlyWithCalls(ReferenceChild child) =>
        child.InFlight.Select(call => call.Session).Distinct().ToArray() is [var only] ? only : null;

    private void Deliver(ReferenceSession session, Pattern message, ReferenceCall? call, ReferenceServerRequest? sent = null)
    {
        if (session.StreamFor(call) is { } stream)
            stream.Expect(message);
        else if (session.HasEnded || session.IsImplicit || session.Held.Count >= HeldAtMost)
            GiveUp(session, sent);
        else
            session.Held.Add((message, sent, Now));
    }

    private static void DeliverHeld(ReferenceSession session)
    {
        if (!session.MayListen || !session.IsReady)
            return;
        foreach (var (message, _, _) in session.Held)
            session.Get!.Expect(message);
        session.Held.Clear();
    }

    private void GiveUp(ReferenceSession session, ReferenceServerRequest? sent)
    {
        if (sent is null || !session.Child!.ServerRequests.Contains(sent))
            return; // the child has taken it back
        Forget(session.Child!, sent);
        session.Child!.Expected.Add(Pattern.Error(sent.ChildId, JsonRpcErrorCode.InternalError));
    }

    private static ReferenceCall? CallOfTask(ReferenceSession session, string? task) =>
        task is null ? null : session.Calls.Find(call => call.Task == task);

    private static bool IsUnder(ReferenceCall call, JsonNode? token) =>
        call.ChildToken is { IsKnown: true } known && known.Fits(token, out _);

    private static string? TaskOf(JsonObject message) =>
        (string?)message["params"]?["_meta"]?["io.modelcontextprotocol/related-task"]?["taskId"]
            ?? (string?)message["params"]?["taskId"];

    private static bool IsPartOf(string uri, string resource) => uri == resource
        || (uri.StartsWith(resource, StringComparison.Ordinal)
            && (resource.EndsWith('/') || "/?#".Contains(uri[resource.Length], StringComparison.Ordinal)));
}
