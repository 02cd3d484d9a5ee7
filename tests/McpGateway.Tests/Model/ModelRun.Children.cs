using System.Text.Json.Nodes;

namespace McpGateway.Tests.Model;

/// <summary>What children may do.</summary>
internal sealed partial class ModelRun
{
    private readonly HashSet<string> _spoiltIds = [];

    private (int, Func<Task<bool>>)[] ChildSteps() =>
    [
        (30, AnswerAsync), (3, AnswerNobodyAsync), (15, ProgressAsync),
        (18, AskAsync), (3, CancelAskAsync), (2, PingAsync), (6, UpdateAsync),
        (10, LogAsync), (3, ListChangedAsync), (8, TaskAsync), (3, CompleteAsync), (2, UnknownAsync), (1, DieAsync),
    ];

    private async Task<bool> AnswerAsync()
    {
        if (PickFrom(Living().SelectMany(child => child.InFlight)) is not { } call)
            return false;
        var child = call.Session.Child!;
        var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = call.ChildId!.Value };
        if (Happens(call.IsInitialize ? 5 : 15))
            answer["error"] = Happens(50) ? UrlElicitation(child) : new JsonObject { ["code"] = -7, ["message"] = NextMarker() };
        else if (call.IsInitialize)
            answer["result"] = child.InitializeResult;
        else if (call.WantsTask && Happens(80))
            answer["result"] = new JsonObject { ["task"] = new JsonObject { ["taskId"] = Fresh("T", child.Tasks.Keys) } };
        else
            answer["result"] = new JsonObject { ["marker"] = NextMarker() };
        Say($"{child} answers {Text(answer)} ({call})");
        _reference.Answer(call, answer);
        await child.Actual!.SayAsync(Text(answer));
        return true;
    }

    private JsonObject UrlElicitation(ReferenceChild child) => new()
    {
        ["code"] = -32042,
        ["message"] = "open this",
        ["data"] = new JsonObject { ["elicitations"] = new JsonArray(
            new JsonObject { ["elicitationId"] = Fresh("E", child.Elicitations.Keys) }) },
    };

    // At times one that was handed out before, perhaps to another.
    private string Fresh(string prefix, IEnumerable<string> known) =>
        Happens(5) && PickFrom(known) is { } used ? used : prefix + NextMarker();

    // Late answers, strings instead of numbers, ids that were never given.
    private async Task<bool> AnswerNobodyAsync()
    {
        if (PickFrom(Living()) is not { } child)
            return false;
        JsonNode id = PickFrom(child.InFlight) is { } call && Happens(50)
            ? JsonValue.Create($"{call.ChildId!.Value}")
            : JsonValue.Create(Pick(0, -1, 999_999));
        return await SayAsync(child,
            new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["result"] = new JsonObject { ["marker"] = NextMarker() } }, null);
    }

    private async Task<bool> ProgressAsync()
    {
        if (PickFrom(Living()) is not { } child)
            return false;
        var known = child.InFlight.Concat(child.RunningTasks.Select(running => running.Call)).Concat(child.Past).ToArray();
        JsonNode? token = PickFrom(known) is { } call && Happens(85)
            ? child.IsOwn ? call.Token?.DeepClone() : call.ChildToken is { } hidden
                ? JsonValue.Create(hidden.Value) : JsonValue.Create(call.ChildId!.Value)
            : NextGarbage(child);
        if (token is null || (!child.IsOwn && Happens(5)))
            token = JsonValue.Create($"{token}");
        return await SayAsync(child, Notification(
            "notifications/progress", new JsonObject { ["progressToken"] = token, ["progress"] = 1, ["marker"] = NextMarker() }),
                _reference.Hear);
    }

    // A client's own token, which the child cannot know where it is hidden, or any number.
    private JsonValue NextGarbage(ReferenceChild child) =>
        child.IsOwn ? JsonValue.Create("nobody's") : Happens(50) ? JsonValue.Create("t") : JsonValue.Create(888_888);

    private async Task<bool> AskAsync()
    {
        if (PickFrom(Living()) is not { } child || child.ServerRequests.Count > 12)
            return false;
        var parameters = new JsonObject { ["marker"] = NextMarker() };
        var method = Pick("sampling/createMessage", "elicitation/create", "roots/list", "tasks/get");
        var meta = new JsonObject();
        if (Happens(40))
            meta["progressToken"] = Happens(50) ? JsonValue.Create(_random.Next(1, 5)) : JsonValue.Create(Pick("1", "t"));
        if (method == "tasks/get")
            parameters["taskId"] = child.ClientTasks.Count > 0 && Happens(80) ? Pick([.. child.ClientTasks.Keys]) : "CT?";
        else if (Happens(25))
            meta["io.modelcontextprotocol/related-task"] = new JsonObject { ["taskId"] = NextTask(child) };
        if (meta.Count > 0)
            parameters["_meta"] = meta;
        if (method == "elicitation/create" && Happens(50))
            parameters["elicitationId"] = Fresh("E", child.Elicitations.Keys);
        if (method == "sampling/createMessage" && Happens(40))
            parameters["task"] = new JsonObject();
        return await SayAsync(child, Request(NextChildId(child), method, parameters), _reference.TakeServerRequest);
    }

    private JsonNode NextChildId(ReferenceChild child)
    {
        if (PickFrom(child.ServerRequests) is { } found && Happens(5))
            return found.ChildId;
        var id = NextId();
        return child.ServerRequests.Exists(sent => JsonNode.DeepEquals(sent.ChildId, id))
            || _spoiltIds.Contains(child + id.ToJsonString())
            ? JsonValue.Create("q" + NextMarker())
            : id;
    }

    private async Task<bool> CancelAskAsync()
    {
        if (PickFrom(Living().Where(child => child.ServerRequests.Count > 0 || Happens(5))) is not { } child)
            return false;
        var found = PickFrom(child.ServerRequests);
        // The request may still be held, and is answered when it is given up: no id for another one.
        if (found is not null)
            _spoiltIds.Add(child + found.ChildId.ToJsonString());
        var id = found is null || Happens(15) ? JsonValue.Create("nothing") : found.ChildId;
        return await SayAsync(child, Notification(
            "notifications/cancelled", new JsonObject { ["requestId"] = id.DeepClone(), ["marker"] = NextMarker() }),
                _reference.Hear);
    }

    private async Task<bool> PingAsync() => PickFrom(Living()) is { } child
        && await SayAsync(child, Request(NextChildId(child), "ping", new JsonObject { ["marker"] = NextMarker() }),
            _reference.TakeServerRequest);

    private async Task<bool> UpdateAsync() =>
        await SayAsync("notifications/resources/updated", _ => new JsonObject { ["uri"] = Pick(Uris) });

    private async Task<bool> LogAsync() =>
        await SayAsync("notifications/message", _ => new JsonObject { ["level"] = Pick(Reference.Levels) });

    private async Task<bool> ListChangedAsync() => await SayAsync(Pick(
        "notifications/tools/list_changed", "notifications/prompts/list_changed",
            "notifications/resources/list_changed"), _ => []);

    private async Task<bool> TaskAsync() => Happens(60)
        ? await SayAsync("notifications/tasks/status", child =>
            new JsonObject { ["taskId"] = NextTask(child),
                ["status"] = Pick("working", "working", "input_required", "completed", "failed", "cancelled") })
        : await SayAsync(Pick("notifications/message", "notifications/other"), child => new JsonObject
        {
            ["level"] = "alert",
            ["_meta"] = new JsonObject { ["io.modelcontextprotocol/related-task"] =
                new JsonObject { ["taskId"] = NextTask(child) } },
        });

    private async Task<bool> CompleteAsync() => await SayAsync("notifications/elicitation/complete", child =>
        new JsonObject { ["elicitationId"] = PickFrom(child.Elicitations.Keys) is { } id && Happens(90) ? id : "E?" });

    private async Task<bool> UnknownAsync() =>
        await SayAsync(Pick("notifications/unknown", "notifications/roots/list_changed"), _ => []);

    private async Task<bool> DieAsync()
    {
        if (PickFrom(Living()) is not { } child)
            return false;
        Say($"{child} dies");
        _reference.Lose(child);
        child.Actual!.Exit(3);
        foreach (var session in child.Members)
            await UntilAsync(() => session.Actual!.IsEnded, () => $"{session} outlives its child");
        return true;
    }

    private async Task<bool> SayAsync(string method, Func<ReferenceChild, JsonObject> parameters)
    {
        if (PickFrom(Living()) is not { } child)
            return false;
        var message = Notification(method, parameters(child));
        message["params"]!["marker"] = NextMarker();
        return await SayAsync(child, message, _reference.Hear);
    }

    private async Task<bool> SayAsync(ReferenceChild child, JsonObject message, Action<ReferenceChild, JsonObject>? tell)
    {
        Say($"{child} says {Text(message)}");
        tell?.Invoke(child, message);
        await child.Actual!.SayAsync(Text(message));
        return true;
    }

    private IEnumerable<ReferenceChild> Living() => _reference.Children.Where(child => child.Actual is not null);
}
