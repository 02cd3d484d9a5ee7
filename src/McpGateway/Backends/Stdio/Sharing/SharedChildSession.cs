using McpGateway.Backends.Stdio.Supervision;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Policies.Items;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// A session's part of a child that others use too. This class decides what one client's messages may do to the child.
/// <see cref="SharedChildRouter"/> decides what the child's messages may do to clients.
/// </summary>
internal sealed class SharedChildSession(Session session, ChildManager children) : IBackendSession
{
    /// <summary>The answer to requests of the child that the client of an ended session has not answered.</summary>
    public static readonly JsonRpcError ClientGone = new(JsonRpcErrorCode.InternalError, "The client's session has ended.");

    private static readonly JsonRpcError NoTasks = new(
        JsonRpcErrorCode.MethodNotFound, "Tasks are not available, because all users share this server's process.");

    private SharedChild? _child;

    public bool IsShared => true;

    public CallRegistry Calls => Child.Calls;

    public ListedItems ListedItems => Child.ListedItems;

    public bool AwaitsClient => _child?.ServerRequests.AnyWithoutCall(session) ?? false;

    // Begin sets it, before anything else is called.
    private SharedChild Child => _child ?? throw new InvalidOperationException("The session has not begun.");

    public Refusal? Begin(JsonRpcMessage first)
    {
        var capabilities = CapabilitySet.None;
        if (first.Envelope is { IsRequest: true, Method: McpMethod.Initialize }
            && CapabilitySet.TryRead(first, out capabilities) is { } refusal)
        {
            return refusal;
        }

        return children.TryJoin(session, ChildKey.Of(session, capabilities), out _child);
    }

    public ValueTask CallAsync(JsonRpcMessage request, ClientCall call)
    {
        Child.Touch();
        // Whoever guesses the id of a task could read somebody else's result.
        if (Child.Key.ServesAll && (call.WantsTask || McpMethod.IsAboutTasks(call.Method)))
            return RefuseAsync(request, call, NoTasks);
        return call.Method switch
        {
            McpMethod.Initialize => AnswerInitializeAsync(request, call),
            McpMethod.SetLevel => SetLevelAsync(request, call),
            McpMethod.Subscribe or McpMethod.Unsubscribe => Child.Subscriptions.TakeAsync(request, call),
            _ => Child.CallAsync(request, call),
        };
    }

    public ValueTask NotifyAsync(JsonRpcMessage notification, CancellationToken cancellationToken)
    {
        switch (notification.Envelope.Method)
        {
            case McpMethod.Initialized or McpMethod.RootsListChanged:
                notification.Dispose(); // the child has one client: the gateway
                return default;
            case McpMethod.Progress:
                return NotifyProgressAsync(notification, cancellationToken);
            // A client may report only on tasks that it runs itself.
            case McpMethod.TaskStatus when Child.IssuedIds.ClientTasks.Find(notification.Envelope.Task) != session:
                Child.Drop(notification, "unknown-id");
                return default;
            default:
                return Child.SendAsync(notification, cancellationToken);
        }
    }

    public ValueTask AnswerAsync(JsonRpcMessage answer, CancellationToken cancellationToken)
    {
        if (Child.ServerRequests.TryTake(session, answer.Envelope.Id) is not { } request)
        {
            Child.Drop(answer, "unknown-id");
            return default;
        }

        // Before the answer is sent: the child's next message may already be about the task.
        if (request.WantsTask)
            Child.IssuedIds.ClientTasks.Record(AnswerReader.FindTask(answer), session);
        answer.ReplaceId(request.ServerId);
        return Child.AnswerAsync(request, answer, cancellationToken);
    }

    public void Refuse(JsonRpcMessage request, JsonRpcError error)
    {
        using (request)
            Child.ServerRequests.TryTake(session, request.WrittenId)?.Refuse(error);
    }

    public void Tick(long now)
    {
        // The child has a visit of its own, whatever sessions use it.
    }

    public Task EndAsync()
    {
        _child?.Leave(session);
        return Task.CompletedTask;
    }

    private async ValueTask AnswerInitializeAsync(JsonRpcMessage request, ClientCall call)
    {
        var requested = JsonMembers.FindText(request.Envelope.Params.In(request.Utf8), "protocolVersion"u8);
        request.Dispose();
        if (await Child.ConnectAsync() is { } error)
            await call.FailAsync(error);
        else if (InitializeAnswer.TryCreate(Child.InitializeResult, requested, withTasks: !Child.Key.ServesAll) is { } result)
            await call.AnswerAsync(JsonRpcMessage.CreateResult(call.ClientId, result));
        else
            await call.FailAsync(new JsonRpcError(JsonRpcErrorCode.InternalError,
                $"The server '{session.Server.Name}' answered initialize with no result that can be passed on."));
    }

    private async ValueTask SetLevelAsync(JsonRpcMessage request, ClientCall call)
    {
        var level = JsonMembers.FindText(request.Envelope.Params.In(request.Utf8), "level"u8);
        request.Dispose();
        if (await Child.ConnectAsync() is { } error)
        {
            await call.FailAsync(error);
        }
        else if (!Child.Can("logging"u8))
        {
            await call.FailAsync(new JsonRpcError(JsonRpcErrorCode.MethodNotFound, "The server does not support logging."));
        }
        else if (!LogLevels.IsLevel(level))
        {
            await call.FailAsync(
                new JsonRpcError(JsonRpcErrorCode.InvalidParams, "level must be a log level of RFC 5424, such as info."));
        }
        else
        {
            Child.Levels.Set(session, level!);
            await Child.Levels.ToldAsync(); // so that the level is in force before the client's next message
            await call.AnswerAsync(JsonRpcMessage.CreateResult(call.ClientId, "{}"u8));
        }
    }

    // Progress on a request of the child. The client has received a token of the gateway's for it.
    private ValueTask NotifyProgressAsync(JsonRpcMessage progress, CancellationToken cancellationToken)
    {
        if (ProgressTokens.TryRestore(progress, session, Child.ServerRequests))
            return Child.SendAsync(progress, cancellationToken);
        Child.Drop(progress, "unknown-token");
        return default;
    }

    private static ValueTask RefuseAsync(JsonRpcMessage request, ClientCall call, JsonRpcError error)
    {
        request.Dispose();
        return call.FailAsync(error);
    }
}
