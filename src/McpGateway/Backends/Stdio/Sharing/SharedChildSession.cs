using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Cli.DemoServer;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Policies.Items;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// A session's place at a child that others use too. Here is what one client's messages may do to the child; what the
/// child's messages may do to clients is in SharedChild.FromChild.cs.
/// </summary>
internal sealed class SharedChildSession(Session session, ChildManager pool) : IBackendSession
{
    private static readonly JsonRpcError NoTasks = new(
        JsonRpcErrorCode.MethodNotFound, "Tasks are not served here: this server's process is shared by all users.");

    private static readonly JsonRpcError ClientGone = new(
        JsonRpcErrorCode.InternalError, "The client's session has ended.");

    private volatile bool _hasLeft;
    private SharedChild? _child;

    public Session Session { get; } = session;

    /// <summary>Whether the session has ended: nothing may be kept for it any more.</summary>
    public bool HasLeft => _hasLeft;

    public bool ClientIsAsked => _child?.Asked.AnyWithoutCall(Session) ?? false;

    public bool IsShared => true;

    public ListedItems ListedItems => Child.ListedItems;

    // Only Begin sets it, and nothing else comes before.
    private SharedChild Child => _child ?? throw new InvalidOperationException("The seat was not taken yet.");

    public Refusal? Begin(JsonRpcMessage first)
    {
        var capabilities = CapabilitySet.None;
        if (first.Envelope is { IsRequest: true, Method: McpMethod.Initialize }
            && CapabilitySet.TryRead(first, out capabilities) is { } refusal)
        {
            return refusal;
        }

        return pool.TryJoin(this, ChildKey.Of(Session, capabilities), out _child);
    }

    public ValueTask CallAsync(JsonRpcMessage request, ClientCall call)
    {
        Child.Touch();
        if (Child.Key.ServesAll && (call.WantsTask || McpMethod.IsAboutTasks(call.Method)))
            return RefuseAsync(request, call, NoTasks);
        return call.Method switch
        {
            McpMethod.Initialize => AnswerInitializeAsync(request, call),
            McpMethod.SetLevel => SetLevelAsync(request, call),
            McpMethod.Subscribe or McpMethod.Unsubscribe => Child.SubscribeAsync(request, call, this),
            _ => Child.ForwardAsync(request, call, this),
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
            case McpMethod.TaskStatus when Child.ClientTasks.Find(notification.Envelope.Task) != this:
                Child.Drop(notification, "unknown-id");
                return default;
            default:
                return Child.SendAsync(notification, cancellationToken);
        }
    }

    public ValueTask AnswerAsync(JsonRpcMessage answer, CancellationToken cancellationToken)
    {
        if (Child.Asked.TryTake(Session, answer.Envelope.Id) is not { } asked)
        {
            Child.Drop(answer, "unknown-id");
            return default;
        }

        if (asked.WantsTask)
            Child.ClientTasks.Record(AnswerReader.FindTask(answer), this);
        answer.ReplaceId(asked.ChildId);
        return Child.AnswerAsync(asked, answer, cancellationToken);
    }

    public void Cancel(ClientCall call, JsonRpcMessage? cancellation, string reason)
    {
        call.Abandon();
        if (_child is { } child && child.TryAbandon(call))
            child.TrySend(Cancellation.For(call.ChildId, cancellation, reason));
        else
            cancellation?.Dispose(); // the child has never seen it, or its answer is on the way
    }

    public void Refuse(JsonRpcMessage request, JsonRpcError error)
    {
        using (request)
        {
            if (Child.Asked.TryTake(Session, request.WrittenId) is { } asked)
                asked.Refuse(error);
        }
    }

    public void OnSettled(ClientCall call, JsonRpcMessage? answer) => Child.OnSettled(call, answer, this);

    public void Tick(long now)
    {
        // The child's own visit is not one of its sessions'.
    }

    public Task EndAsync()
    {
        _hasLeft = true;
        if (_child is { } child)
        {
            foreach (var asked in child.Asked.TakeAll(Session))
                asked.Refuse(ClientGone);
            child.Leave(this);
        }

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
                $"The server '{Session.Server.Name}' answered initialize with no result that can be passed on."));
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
            await call.FailAsync(new JsonRpcError(JsonRpcErrorCode.MethodNotFound, "The server has no logging."));
        }
        else if (!LogLevels.IsLevel(level))
        {
            await call.FailAsync(new JsonRpcError(JsonRpcErrorCode.InvalidParams, "level must be one of RFC 5424's, such as info."));
        }
        else
        {
            Child.Levels.Set(this, level!);
            await Child.Levels.ToldAsync(); // before what the client sends next
            await call.AnswerAsync(JsonRpcMessage.CreateResult(call.ClientId, "{}"u8));
        }
    }

    // Progress on something that the child asked this client, under the token that it was given for it.
    private ValueTask NotifyProgressAsync(JsonRpcMessage progress, CancellationToken cancellationToken)
    {
        var token = Child.Asked.ChildTokenOf(Session, progress.Envelope.ProgressToken);
        if (token.IsNone)
        {
            Child.Drop(progress, "unknown-token");
            return default;
        }

        progress.ReplaceProgressToken(token);
        return Child.SendAsync(progress, cancellationToken);
    }

    private static ValueTask RefuseAsync(JsonRpcMessage request, ClientCall call, JsonRpcError error)
    {
        request.Dispose();
        return call.FailAsync(error);
    }
}
