using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// Decides for which session a message of a shared child is. The rule behind all others: what cannot be attributed for certain
/// goes to nobody. Nothing here waits for a client, because the next message may be for another one.
/// </summary>
internal sealed class SharedChildRouter(SharedChild shared, UnattributedLog unattributed)
{
    private static readonly JsonRpcError NoClient = new(
        JsonRpcErrorCode.MethodNotFound,
        "There is no client for this request: the process is shared, or its caller has no session.");

    private static readonly JsonRpcError NotAttributable = new(
        JsonRpcErrorCode.InternalError,
        "Several sessions share this process, and it cannot be told which one's client is meant.");

    private static readonly JsonRpcError NotAsked = new(
        JsonRpcErrorCode.InvalidRequest, "A request with this id is already waiting for a client, or too many others are.");

    /// <param name="message">Owned by the router from here on.</param>
    /// <param name="child">The sender, and the only one that may get the answer.</param>
    public ValueTask RouteAsync(JsonRpcMessage message, ChildConnection child)
    {
        if (child.IsLost)
            return IgnoreAsync(message);
        return message.Envelope.IsRequest ? OnRequestAsync(message, child) : OnNotificationAsync(message, child);
    }

    /// <summary>Gives each of the sessions a copy.</summary>
    public static async ValueTask DeliverToAllAsync(
        JsonRpcMessage notification, IEnumerable<Session> sessions, ClientCall? call = null)
    {
        using (notification)
        {
            foreach (var session in sessions)
                await session.DeliverAsync(notification.Copy(), call);
        }
    }

    private ValueTask OnRequestAsync(JsonRpcMessage request, ChildConnection child)
    {
        if (shared.Key.ServesAll)
            return RefuseAsync(request, child, NoClient);
        var found = SessionFor(request.Envelope);
        // A dying child's last output may be read while its calls fail one by one. At some point, only one session seems to have
        // calls. The child is marked as lost before the first call fails, so this must be checked after the session was found.
        if (child.IsLost)
            return IgnoreAsync(request);
        if (found is not { } session)
            return RefuseAsync(request, child, NotAttributable);
        return session.Kind is SessionKind.Implicit ? RefuseAsync(request, child, NoClient) : AskAsync(request, session, child);
    }

    private ValueTask AskAsync(JsonRpcMessage request, Session session, ChildConnection child)
    {
        var call = CallOf(request.Envelope, session);
        if (!shared.ServerRequests.TryAdd(session, request, call, child))
            return RefuseAsync(request, child, NotAsked);
        if (request.Envelope.Method == McpMethod.Elicit)
            shared.IssuedIds.Elicitations.Record(TextIn(request, "elicitationId"u8), session);
        return session.DeliverAsync(request, call);
    }

    // The call that waits for the task of the request, otherwise the session's only call.
    private static ClientCall? CallOf(in JsonRpcEnvelope request, Session session)
    {
        var waiting = request.Task is { } task && !McpMethod.IsAboutTasks(request.Method) ? session.Calls.FindByTask(task) : null;
        return waiting ?? session.Calls.Only();
    }

    // A request is about one call, or one task, of one session.
    private Session? SessionFor(in JsonRpcEnvelope request)
    {
        var ids = shared.IssuedIds;
        if (request.Task is { } task)
            return (McpMethod.IsAboutTasks(request.Method) ? ids.ClientTasks : ids.Tasks).Find(task);
        return shared.Calls.OnlySession ?? (shared.Calls.IsIdle ? shared.OnlyMember : null);
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
            McpMethod.ResourceUpdated => DeliverToAllAsync(
                notification, TextIn(notification, "uri"u8) is { } uri ? shared.Subscriptions.SubscribersOf(uri) : []),
            McpMethod.ElicitationComplete => DeliverAsync(
                notification, shared.IssuedIds.Elicitations.Find(TextIn(notification, "elicitationId"u8))),
            _ when McpMethod.IsListChanged(envelope.Method) => OnListChangedAsync(notification),
            _ => DeliverAsync(notification, null),
        };
    }

    private ValueTask OnListChangedAsync(JsonRpcMessage notification)
    {
        shared.ListedItems.Clear();
        return DeliverToAllAsync(notification, shared.Members());
    }

    private ValueTask OnProgressAsync(JsonRpcMessage progress, ChildConnection child)
    {
        if (ProgressTokens.Restore(progress, child.Calls) is { } call)
        {
            call.Touch();
            return call.Session.DeliverAsync(progress, call);
        }

        if (shared.IssuedIds.TaskTokens.Find(progress.Envelope.ProgressToken) is not { } task)
            return DeliverAsync(progress, null);
        progress.ReplaceProgressToken(task.ClientToken);
        return task.Session.DeliverAsync(progress, task.Session.Calls.FindByTask(task.Task));
    }

    private ValueTask OnCancelledAsync(JsonRpcMessage cancelled, ChildConnection child)
    {
        if (shared.ServerRequests.TryTake(child, cancelled.Envelope.CancelledId) is not { } request)
            return DeliverAsync(cancelled, null);
        cancelled.ReplaceId(request.ClientId);
        return request.Session.DeliverAsync(cancelled, request.Call);
    }

    private ValueTask OnTaskMessageAsync(JsonRpcMessage notification, string task)
    {
        var envelope = notification.Envelope;
        if (envelope.Method == McpMethod.TaskStatus && RunningTasks.IsOver(envelope.Params.In(notification.Utf8)))
            shared.IssuedIds.TaskTokens.End(task);
        var session = shared.IssuedIds.Tasks.Find(task);
        return DeliverAsync(notification, session, session?.Calls.FindByTask(task));
    }

    private ValueTask OnLogMessageAsync(JsonRpcMessage message, ChildConnection child)
    {
        var level = TextIn(message, "level"u8);
        var only = shared.Calls.OnlySession;
        if (child.IsLost)
            return IgnoreAsync(message); // checked after the session was found, as in OnRequestAsync
        if (only is { } session)
            return DeliverToAllAsync(message, shared.Levels.Wants(session, level) ? [session] : [], session.Calls.Only());
        if (!shared.Key.ServesAll)
            return DeliverToAllAsync(message, shared.Members().Where(member => shared.Levels.Wants(member, level)));
        using (message)
            unattributed.Write(message, level);
        return default;
    }

    private ValueTask DeliverAsync(JsonRpcMessage notification, Session? session, ClientCall? call = null)
    {
        if (session is not null)
            return session.DeliverAsync(notification, call);
        shared.Drop(notification, "not-attributable");
        return default;
    }

    // Not even answered: the process that waits for the answer is gone.
    private ValueTask IgnoreAsync(JsonRpcMessage message)
    {
        shared.Drop(message, "child-gone");
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
