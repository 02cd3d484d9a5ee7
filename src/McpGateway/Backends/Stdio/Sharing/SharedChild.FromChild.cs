using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Cli.DemoServer;
using McpGateway.JsonRpc;
using McpGateway.Policies.Items;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// Which session a message of the child's is for. The rule behind all others: what cannot be told for certain goes to
/// nobody. Nothing here waits for a client, since the next message may be another's.
/// </summary>
internal sealed partial class SharedChild
{
    private static readonly JsonRpcError NoClient = new(
        JsonRpcErrorCode.MethodNotFound, "There is no client that could be asked: this process is shared, or its caller has no session.");

    private static readonly JsonRpcError NotAttributable = new(
        JsonRpcErrorCode.InternalError, "Several sessions share this process, and it cannot be told which one's client is meant.");

    private static readonly JsonRpcError NotAsked = new(
        JsonRpcErrorCode.InvalidRequest, "A request with this id, or too many others, still wait for a client.");

    ValueTask IChildObserver.OnMessageAsync(JsonRpcMessage message, ChildConnection child)
    {
        if (child.IsLost)
            return IgnoreAsync(message);
        return message.Envelope.IsRequest ? OnRequestAsync(message, child) : OnNotificationAsync(message, child);
    }

    private ValueTask OnRequestAsync(JsonRpcMessage request, ChildConnection child)
    {
        if (request.Envelope.Method == McpMethod.Ping)
        {
            using (request)
                child.TrySend(JsonRpcMessage.CreateResult(request.Envelope.Id, "{}"u8));
            return default;
        }

        if (Key.ServesAll)
            return RefuseAsync(request, child, NoClient);
        var found = SeatFor(request.Envelope);
        // Its last words may still be read while its calls fail one by one, until one session alone seems to have any: to
        // be asked again after that was looked up, for it is so before the first call fails.
        if (child.IsLost)
            return IgnoreAsync(request);
        if (found is not { } seat)
            return RefuseAsync(request, child, NotAttributable);
        return seat.Session.Kind is SessionKind.Implicit ? RefuseAsync(request, child, NoClient) : AskAsync(request, seat, child);
    }

    private ValueTask AskAsync(JsonRpcMessage request, SharedChildSession seat, ChildConnection child)
    {
        var call = CallOf(request.Envelope, seat);
        if (!Asked.TryAsk(seat.Session, request, call, child))
            return RefuseAsync(request, child, NotAsked);
        if (request.Envelope.Method == McpMethod.Elicit)
            _elicitations.Record(TextIn(request, "elicitationId"u8), seat);
        return seat.Session.DeliverAsync(request, call);
    }

    // The call that waits for the task which the request is about, else the only one there is.
    private ClientCall? CallOf(in JsonRpcEnvelope request, SharedChildSession seat)
    {
        var waiting = request.Task is { } task && !McpMethod.IsAboutTasks(request.Method) ? seat.Session.Calls.FindByTask(task) : null;
        return waiting ?? OnlyCallOf(seat);
    }

    // A request is about one call, or one task, of one session.
    private SharedChildSession? SeatFor(in JsonRpcEnvelope request)
    {
        if (request.Task is { } task)
            return (McpMethod.IsAboutTasks(request.Method) ? ClientTasks : _tasks).Find(task);
        return _inFlight.OnlySeat ?? (_inFlight.IsEmpty ? OnlyMember() : null);
    }

    private ValueTask OnNotificationAsync(JsonRpcMessage notification, ChildConnection child)
    {
        var envelope = notification.Envelope;
        return envelope.Method switch
        {
            McpMethod.Progress => OnProgressAsync(notification, child),
            McpMethod.Cancelled => OnCancelledAsync(notification, child),
            _ when envelope.Task is { } task => OnTaskMessageAsync(notification, task),
            McpMethod.LogMessage => OnLogMessageAsync(notification, child),
            McpMethod.ResourceUpdated => TellAllAsync(
                notification, TextIn(notification, "uri"u8) is { } uri ? _subscriptions.SubscribersOf(uri) : []),
            McpMethod.ElicitationComplete => TellAsync(notification, _elicitations.Find(TextIn(notification, "elicitationId"u8))),
            _ when McpMethod.IsListChanged(envelope.Method) => TellListChangedAsync(notification),
            _ => TellAsync(notification, null),
        };
    }

    private ValueTask TellListChangedAsync(JsonRpcMessage notification)
    {
        ListedItems.Clear();
        return TellAllAsync(notification, Members());
    }

    private ValueTask OnProgressAsync(JsonRpcMessage progress, ChildConnection child)
    {
        var token = progress.Envelope.ProgressToken;
        if (token.TryGetInt64(out var id)
            && child.Find(id) is ClientCall { Shared: SharedChildSession seat, IsAbandoned: false, ProgressToken.IsNone: false } call)
        {
            call.Touch();
            progress.ReplaceProgressToken(call.ProgressToken);
            return seat.Session.DeliverAsync(progress, call);
        }

        if (_taskTokens.Find(token) is not { } task)
            return TellAsync(progress, null);
        progress.ReplaceProgressToken(task.ClientToken);
        return task.Seat.Session.DeliverAsync(progress, task.Seat.Session.Calls.FindByTask(task.Task));
    }

    private ValueTask OnCancelledAsync(JsonRpcMessage cancelled, ChildConnection child)
    {
        if (Asked.TryTake(child, cancelled.Envelope.CancelledId) is not { } asked)
            return TellAsync(cancelled, null);
        cancelled.ReplaceId(asked.ClientId);
        return asked.Session.DeliverAsync(cancelled, asked.Call);
    }

    private ValueTask OnTaskMessageAsync(JsonRpcMessage notification, string task)
    {
        if (notification.Envelope.Method == McpMethod.TaskStatus && RunningTasks.IsOver(notification.Envelope.Params.In(notification.Utf8)))
            _taskTokens.End(task);
        var seat = _tasks.Find(task);
        return TellAsync(notification, seat, seat?.Session.Calls.FindByTask(task));
    }

    private ValueTask OnLogMessageAsync(JsonRpcMessage message, ChildConnection child)
    {
        var level = TextIn(message, "level"u8);
        var only = _inFlight.OnlySeat;
        if (child.IsLost)
            return IgnoreAsync(message);
        if (only is { } seat)
            return TellAllAsync(message, Levels.Wants(seat, level) ? [seat] : [], OnlyCallOf(seat));
        if (!Key.ServesAll)
            return TellAllAsync(message, Members().Where(member => Levels.Wants(member, level)));
        using (message)
            LogForNobody(message, level);
        return default;
    }

    // The table shows less than is in flight when calls were given up, and more when one waits for its turn: the only call
    // is one that both know.
    private ClientCall? OnlyCallOf(SharedChildSession seat) =>
        _inFlight.CountOf(seat) == 1 && seat.Session.Calls.Only() is { ChildId: > 0 } call ? call : null;

    private ValueTask TellAsync(JsonRpcMessage notification, SharedChildSession? seat, ClientCall? call = null)
    {
        if (seat is not null)
            return seat.Session.DeliverAsync(notification, call);
        Drop(notification, "not-attributable");
        return default;
    }

    private static async ValueTask TellAllAsync(JsonRpcMessage notification, IEnumerable<SharedChildSession> seats, ClientCall? call = null)
    {
        using (notification)
        {
            foreach (var seat in seats)
                await seat.Session.DeliverAsync(notification.Copy(), call);
        }
    }

    // Not even answered: the next child may be there already, and has ids of its own.
    private ValueTask IgnoreAsync(JsonRpcMessage message)
    {
        Drop(message, "child-gone");
        return default;
    }

    private static ValueTask RefuseAsync(JsonRpcMessage request, ChildConnection child, JsonRpcError error)
    {
        using (request)
            child.TrySend(JsonRpcMessage.CreateError(request.Envelope.Id, error));
        return default;
    }

    private static string? TextIn(JsonRpcMessage message, ReadOnlySpan<byte> parameter) =>
        JsonMembers.FindText(message.Envelope.Params.In(message.Utf8), parameter);
}
