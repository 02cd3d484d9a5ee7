using System.Text.Json.Nodes;
using McpGateway.JsonRpc;
using McpGateway.Policies;

namespace McpGateway.Tests.Model;

/// <summary>Calls, from the client to the child and back.</summary>
internal sealed partial class Reference
{
    // The most verbose first.
    public static readonly string[] Levels = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

    /// <summary>Takes a client's request.</summary>
    /// <param name="call">The request.</param>
    /// <param name="capabilities">What an initialize declares, in a form in which equal sets are equal strings.</param>
    /// <returns>The code of the refusal; null when it is taken.</returns>
    public int? Request(ReferenceCall call, string capabilities = "{}")
    {
        var session = call.Session;
        if (session.HasEnded)
            return JsonRpcErrorCode.NotFound;
        session.UsedAt = Now;
        if (session.EndsAt is not null)
            return JsonRpcErrorCode.NotFound;
        if (!session.HasBegun && !session.IsImplicit && call.Method == "ping")
        {
            call.Stream.Expect(Pattern.Result(call.Id, new JsonObject()));
            return null;
        }

        if (Begin(session, call.IsInitialize, call.Method == "ping", capabilities) is { } refused)
            return refused;
        if (!session.IsImplicit && session.Calls.Any(
            other => other.Stream == call.Stream && JsonNode.DeepEquals(other.Id, call.Id)))
            return JsonRpcErrorCode.InvalidRequest;
        session.Calls.Add(call);
        call.Stream.Await();
        if (session.Child!.IsOwn)
            Forward(call);
        else
            TakeAtPool(call, session.Child);
        return null;
    }

    /// <summary>The child answers.</summary>
    /// <param name="call">What it answers.</param>
    /// <param name="answer">Its answer, under the id that it knows.</param>
    public void Answer(ReferenceCall call, JsonObject answer)
    {
        var (session, child) = (call.Session, call.Session.Child!);
        child.InFlight.Remove(call);
        child.Past.Enqueue(call);
        if (child.Past.Count > 5)
            child.Past.Dequeue();
        var wasLive = call.IsLive;
        var toClient = (JsonObject)answer.DeepClone();
        toClient["id"] = call.Id.DeepClone();
        Finish(call, new Pattern(toClient));
        if (child.IsOwn)
        {
            if (wasLive && call.IsInitialize && answer["error"] is not null)
                session.EndsAt ??= Now + EndSoonTimeout.Ticks;
            session.WasAccepted |= wasLive && call.IsInitialize && answer["error"] is null;
            return;
        }

        if (call.WantsTask && (string?)(answer["result"] as JsonObject)?["task"]?["taskId"] is { } task)
        {
            Record(child.Tasks, task, session);
            child.RunningTasks.Add((call, task));
        }

        if ((int?)answer["error"]?["code"] == JsonRpcErrorCode.UrlElicitationRequired)
        {
            foreach (var elicitation in answer["error"]!["data"]!["elicitations"]!.AsArray())
                Record(child.Elicitations, (string)elicitation!["elicitationId"]!, session);
        }

        if (call.Uri is { } uri && child.Subscribing.TryGetValue(uri, out var running) && running.Pending == call)
        {
            if (wasLive && answer["result"] is not null)
                Subscribe(child, uri, session);
            _endedSteps.Enqueue((child, uri));
        }
    }

    // The first message settles how a session begins; one that is not initialize comes from a client that believes it has.
    private int? Begin(ReferenceSession session, bool isInitialize, bool isPing, string capabilities)
    {
        if (session.HasBegun && isInitialize && !session.IsImplicit)
            return JsonRpcErrorCode.InvalidRequest;
        if (!session.HasBegun)
        {
            if (session.Child is null && !TryJoin(session, isInitialize ? capabilities : "{}"))
                return JsonRpcErrorCode.Overloaded;
            session.HasBegun = true;
            session.Child!.NeedsHandshake |= !isInitialize;
        }

        if (!isInitialize && !isPing && !session.IsReady)
        {
            session.IsReady = true;
            DeliverHeld(session);
        }

        return null;
    }

    private void TakeAtPool(ReferenceCall call, ReferenceChild child)
    {
        child.UsedAt = Now;
        if (child.ServesAll && (call.WantsTask || call.Method.StartsWith("tasks/", StringComparison.Ordinal)))
            Fail(call, JsonRpcErrorCode.MethodNotFound);
        else if (!Start(child))
            Lose(child);
        else if (call.IsInitialize)
            Finish(call, Pattern.Result(call.Id, InitializeResult(child, (string?)call.Parameters!["protocolVersion"])));
        else if (call.Method == "logging/setLevel")
            SetLevel(call, child);
        else if (call.Method is "resources/subscribe" or "resources/unsubscribe")
            TakeSubscription(call, child);
        else
            Forward(call);
    }

    private static JsonObject InitializeResult(ReferenceChild child, string? requested)
    {
        var result = child.InitializeResult;
        var (spoken, wanted) = (
            Array.IndexOf([.. ProtocolVersion.Served], child.Version), Array.IndexOf([.. ProtocolVersion.Served], requested));
        result["protocolVersion"] = wanted >= 0 && wanted < spoken ? requested : child.Version;
        if (child.ServesAll)
            result["capabilities"]!.AsObject().Remove("tasks");
        return result;
    }

    private void Forward(ReferenceCall call)
    {
        var child = call.Session.Child!;
        if (call.Session is { WasAccepted: true, HasInitialized: false } && call.Method is not ("initialize" or "ping"))
            SendInitialized(call.Session);
        if (!Start(child))
        {
            Lose(child);
            return;
        }

        child.InFlight.Add(call);
        call.ChildId = child.NewId();
        var toChild = (JsonObject)call.Request.DeepClone();
        toChild["id"] = call.ChildId.Mark;
        if (!child.IsOwn && call.Token is not null)
        {
            call.ChildToken = child.NewToken();
            toChild["params"]!["_meta"]!["progressToken"] = call.ChildToken.Mark;
        }

        child.Expected.Add(new Pattern(toChild, call.ChildId, call.ChildToken));
    }

    private static void Fail(ReferenceCall call, int code) => Finish(call, Pattern.Error(call.Id, code));

    // Each call is answered once, on its own request's stream.
    private static void Finish(ReferenceCall call, Pattern? answer)
    {
        if (!call.Session.Calls.Remove(call))
            return;
        if (answer is not null)
            call.Stream.Expect(answer);
        call.Stream.Release();
    }

    private static void Record(Dictionary<string, ReferenceSession?> ids, string id, ReferenceSession session) =>
        ids[id] = ids.TryGetValue(id, out var known) && known != session ? null : session;
}
