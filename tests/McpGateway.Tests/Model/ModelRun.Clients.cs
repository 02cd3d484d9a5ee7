using System.Text.Json.Nodes;
using McpGateway.Policies;
using McpGateway.Sessions;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Model;

/// <summary>What clients may do.</summary>
internal sealed partial class ModelRun
{
    private static readonly string[] Uris =
        ["file:///a", "file:///a/", "file:///a/b", "file:///ab", "file:///a/b/c", "file:///a?x", "file:///a#f"];

    // Equal sets in different words are one set.
    private static readonly (string Set, string Words)[] Capabilities =
    [
        ("{}", "{}"), ("{}", "{ }"), ("""{"roots":{},"sampling":{}}""", """{"sampling":{},"roots":{}}"""),
        ("""{"roots":{},"sampling":{}}""", """{"roots":{},"sampling":{}}"""),
    ];

    private (int, Func<Task<bool>>)[] ClientSteps() =>
    [
        (8, InitializeAsync), (30, CallAsync), (3, BatchAsync), (8, CancelAsync),
        (8, NotifyAsync), (8, SubscribeAsync), (5, SetLevelAsync),
        (16, AnswerAskAsync), (6, ReportProgressAsync), (6, CallWithoutSessionAsync),
        (2, LeaveWithoutSessionAsync), (2, DisconnectAsync),
    ];

    private async Task<bool> InitializeAsync()
    {
        if (PickFrom(Talking().Where(session => !session.HasBegun || Happens(4))) is not { } session)
            return false;
        var (set, words) = Pick(Capabilities);
        var parameters = new JsonObject
        {
            ["protocolVersion"] = Pick([.. ProtocolVersion.Served, "2099-01-01", "1999-01-01"]),
            ["capabilities"] = JsonNode.Parse(words),
            ["marker"] = NextMarker(),
        };
        return await SendAsync(session, set, Request(NextId(), "initialize", parameters));
    }

    private async Task<bool> CallAsync() =>
        PickFrom(Talking().Where(session => session.HasBegun || Happens(5))) is { } session
            && await SendAsync(session, "{}", NextCall(session));

    // Two requests of one POST: its stream ends with the last answer.
    private async Task<bool> BatchAsync()
    {
        if (PickFrom(Talking().Where(
            session => session is { HasBegun: true, Kind: SessionKind.Streamable,
                EndsAt: null, Child.IsStarted: true })) is not { } session)
            return false;
        var (first, second) = (NextCall(session), NextCall(session));
        (first["id"], second["id"]) = (NextMarker(), NextMarker());
        return await SendAsync(session, "{}", first, second);
    }

    private async Task<bool> SendAsync(ReferenceSession session, string capabilities, params JsonObject[] requests)
    {
        var stream = session.Kind is SessionKind.Sse ? session.Get! : NewPost($"POST {++_posts} of {session}");
        stream.Await();
        stream.Actual.Await();
        foreach (var request in requests)
        {
            Say($"{session} sends {Text(request)}");
            var refused = _reference.Request(
                new ReferenceCall(session, request, stream, _fixture.Time.GetTimestamp()), capabilities);
            await TakeAsync(session.Actual!.Receive(Message(request), stream.Actual, default), refused);
        }

        stream.Actual.Release();
        stream.Release();
        return true;
    }

    private async Task TakeAsync(Receipt receipt, int? refused)
    {
        var code = receipt.Refusal?.Error.Code;
        Check(code == refused, $"refused with {code?.ToString() ?? "nothing"}, not {refused?.ToString() ?? "taken"}");
        if (_reference.Starting.Count == 0)
            await receipt.Delivered.Soon();
    }

    private JsonObject NextCall(ReferenceSession session)
    {
        var parameters = new JsonObject { ["marker"] = NextMarker() };
        var method = Pick("tools/call", "tools/call", "tools/call",
            "tools/list", "x/unknown", "ping", "tasks/result", "tasks/get");
        if (Happens(50) && NextToken(session) is { } token)
            parameters["_meta"] = new JsonObject { ["progressToken"] = token };
        if (method == "tools/call" && Happens(25))
            parameters["task"] = new JsonObject { ["ttl"] = 1 };
        if (method.StartsWith("tasks/", StringComparison.Ordinal))
        {
            var task = NextTask(session.Child);
            if (session.Calls.Exists(call => call.Task == task))
                method = "x/unknown"; // of two calls about one task either may be meant
            else
                parameters["taskId"] = task;
        }

        return Request(NextId(), method, parameters);
    }

    // A client's own tokens differ; those of two clients need not, nor those of two callers without a session.
    private JsonNode? NextToken(ReferenceSession session)
    {
        JsonNode token = Happens(50) ? JsonValue.Create(_random.Next(1, 5)) : JsonValue.Create(Pick("1", "2", "t"));
        return session.Child is { IsOwn: true }
            && session.Calls.Exists(call => JsonNode.DeepEquals(call.Token, token)) ? null : token;
    }

    private string NextTask(ReferenceChild? child) =>
        Happens(85) && child is not null && child.Tasks.Count > 0 ? Pick([.. child.Tasks.Keys]) : "T?";

    private async Task<bool> CancelAsync()
    {
        if (PickFrom(Talking().Where(session => session.Calls.Count > 0 || Happens(10))) is not { } session)
            return false;
        var id = PickFrom(session.Calls) is { } call && Happens(85) ? call.Id : NextId();
        return await NotifyAsync(session, Notification(
            "notifications/cancelled", new JsonObject { ["requestId"] = id.DeepClone(), ["reason"] = NextMarker() }));
    }

    private async Task<bool> NotifyAsync()
    {
        if (PickFrom(Talking().Where(session => !session.IsReady || Happens(30))) is not { } session
            || (!session.HasBegun && Happens(90)))
            return false;
        var task = session.Child is { ClientTasks.Count: > 0 } child && Happens(80) ? Pick([.. child.ClientTasks.Keys]) : "CT?";
        return await NotifyAsync(session, Pick(
            Notification("notifications/initialized", []), Notification("notifications/initialized", []),
            Notification("notifications/roots/list_changed", new JsonObject { ["marker"] = NextMarker() }),
            Notification("notifications/x", new JsonObject { ["marker"] = NextMarker() }),
            Notification("notifications/tasks/status",
                new JsonObject { ["taskId"] = task, ["status"] = "working", ["marker"] = NextMarker() })));
    }

    private async Task<bool> NotifyAsync(ReferenceSession session, JsonObject notification)
    {
        Say($"{session} sends {Text(notification)}");
        var refused = _reference.Notify(session, notification);
        await TakeAsync(session.Actual!.Receive(Message(notification), _fixture.Post(), default), refused);
        return true;
    }

    private async Task<bool> SubscribeAsync()
    {
        if (PickFrom(Talking().Where(session => session.HasBegun)) is not { } session)
            return false;
        var uri = Pick(Uris);
        if (session.Calls.Exists(call => call.Uri == uri))
            return false;
        return await SendAsync(
            session, "{}", Request(NextId(), Pick("resources/subscribe", "resources/subscribe", "resources/unsubscribe"),
            new JsonObject { ["uri"] = uri, ["marker"] = NextMarker() }));
    }

    private async Task<bool> SetLevelAsync() =>
        PickFrom(Talking().Where(session => session.HasBegun)) is { } session && await SendAsync(
        session, "{}", Request(
            NextId(), "logging/setLevel", new JsonObject { ["level"] = Happens(5) ? "loud" : Pick(Reference.Levels) }));

    private async Task<bool> AnswerAskAsync()
    {
        var all = _reference.Children.SelectMany(child => child.ServerRequests).Where(sent => sent.ClientId.IsKnown).ToArray();
        if (PickFrom(Talking().Where(session => all.Any(sent => sent.Session == session) || Happens(5))) is not { } session)
            return false;
        var mine = PickFrom(all.Where(sent => sent.Session == session));
        var id = Happens(70)
            ? mine?.ClientId
            : PickFrom(all.Where(sent => MayGuess(session, sent)))?.ClientId; // what was sent to another
        JsonNode number = id is null || Happens(10)
            ? NextForgery(session)
            : Happens(95) ? JsonValue.Create(id.Value) : JsonValue.Create($"{id.Value}");
        var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = number };
        if (Happens(15))
            answer["error"] = new JsonObject { ["code"] = -1, ["message"] = NextMarker() };
        else if (mine is { WantsTask: true } && Happens(80))
            answer["result"] =
                new JsonObject { ["task"] = new JsonObject { ["taskId"] = Happens(90) ? $"C{NextMarker()}" : "CT1" } };
        else
            answer["result"] = new JsonObject { ["marker"] = NextMarker() };
        Say($"{session} answers {Text(answer)}");
        var refused = _reference.AnswerAsk(session, answer);
        await TakeAsync(session.Actual!.Receive(Message(answer), _fixture.Post(), default), refused);
        return true;
    }

    private async Task<bool> ReportProgressAsync()
    {
        var all = _reference.Children.SelectMany(child => child.ServerRequests)
            .Where(sent => sent.ClientToken is { IsKnown: true }).ToArray();
        if (PickFrom(Talking().Where(session => all.Any(sent => sent.Session == session) || Happens(5))) is not { } session)
            return false;
        var named = Happens(70)
            ? PickFrom(all.Where(sent => sent.Session == session))
            : PickFrom(all.Where(sent => MayGuess(session, sent)));
        JsonNode token = named is null || Happens(20) ? NextForgery(session) : JsonValue.Create(named.ClientToken!.Value);
        return await NotifyAsync(session, Notification(
            "notifications/progress", new JsonObject { ["progressToken"] = token, ["progress"] = 1, ["marker"] = NextMarker() }));
    }

    // Not the number of a request which waits for a stream: it would be answered before it was seen.
    private static bool MayGuess(ReferenceSession session, ReferenceServerRequest other) =>
        other.Session.Child == session.Child || session.Child is not { } child
            || child.ServerRequests.TrueForAll(sent => sent.ClientId.IsKnown);

    private JsonValue NextForgery(ReferenceSession session)
    {
        var past = session.Child?.PastServerRequests.Where(sent => sent.ClientId.IsKnown) ?? [];
        return PickFrom(past) is { } found && Happens(70) ? JsonValue.Create(found.ClientId.Value) : JsonValue.Create(777_777);
    }

    // Whom HTTP lets in: an SSE session is over with its stream.
    private IEnumerable<ReferenceSession> Talking() => _reference.Sessions.Where(session =>
        !session.IsImplicit && (session.Kind is not SessionKind.Sse || session.MayListen));
}
