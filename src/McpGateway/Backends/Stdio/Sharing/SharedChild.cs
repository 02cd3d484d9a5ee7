using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Cli.DemoServer;
using McpGateway.JsonRpc;
using McpGateway.Policies.Items;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// One child that several sessions use. It sees a single client, the gateway: ids and progress tokens are the gateway's,
/// and what the child says goes to the session that it belongs to (SharedChild.FromChild.cs) or to nobody.
/// </summary>
internal sealed partial class SharedChild : IChildObserver
{
    private readonly RelayContext _context;
    private readonly ILogger _log;
    private readonly ChildSupervisor _line;
    private readonly Handshake _handshake;
    private readonly CallsInFlight _inFlight = new();
    private readonly ResourceSubscriptions _subscriptions = new();
    private readonly RecordedIds _tasks = new();
    private readonly TaskTokens _taskTokens = new();
    private readonly RecordedIds _elicitations = new();

    /// <param name="key">Whom it serves.</param>
    /// <param name="children">Creates its supervisor.</param>
    /// <param name="slot">For its first process.</param>
    /// <param name="context">The gateway's parts.</param>
    /// <param name="onEnded">Told once, with what completes when the process is gone.</param>
    public SharedChild(ChildKey key, ChildManager children, ProcessSlot slot, RelayContext context, Action<SharedChild, Task> onEnded)
    {
        Key = key;
        _context = context;
        _onEnded = onEnded;
        _log = ServerLog.Create(context.Loggers, key.Server.Name);
        _line = children.Supervise(slot, this, key.User);
        _handshake = Handshake.Declaring(key.Capabilities);
        Levels = new LogLevels(TellLevelAsync);
        ListedItems = new ListedItems(request => _line.Sender.AskAsync(request, _handshake));
    }

    public ChildKey Key { get; }

    /// <summary>What the child has asked clients and waits for.</summary>
    public ServerRequestTable Asked { get; } = new(hidesProgressTokens: true);

    /// <summary>Which session's client runs which task for the child.</summary>
    public RecordedIds ClientTasks { get; } = new();

    public LogLevels Levels { get; }

    /// <summary>What the child has listed.</summary>
    public ListedItems ListedItems { get; }

    /// <summary>What the child answered to the gateway's initialize. Only after <see cref="ConnectAsync"/>.</summary>
    public ReadOnlySpan<byte> InitializeResult => _line.InitializeResult;

    private ServerState Server => Key.Server;

    /// <summary>Starts the child, unless it was started before.</summary>
    /// <returns>Null when it is there, else what to answer.</returns>
    public Task<JsonRpcError?> ConnectAsync() => _line.TryConnectAsync(_handshake);

    /// <summary>Whether the child has declared a capability.</summary>
    public bool Can(ReadOnlySpan<byte> capability) =>
        JsonMembers.TryFind(InitializeResult, "capabilities"u8, out var capabilities)
        && JsonMembers.TryFind(capabilities, capability, out _);

    /// <summary>Sends a call of a session's. It never fails: a call that cannot be sent is answered with an error.</summary>
    public async ValueTask ForwardAsync(JsonRpcMessage request, ClientCall call, SharedChildSession seat)
    {
        _inFlight.Enter(seat);
        if (!await _line.Sender.CallAsync(request, call, _handshake))
            _inFlight.Leave(seat);
    }

    public ValueTask SendAsync(JsonRpcMessage message, CancellationToken cancellationToken) =>
        _line.Sender.SendAsync(message, _handshake, cancellationToken);

    /// <inheritdoc cref="ChildSender.AnswerAsync"/>
    public ValueTask AnswerAsync(ServerRequest asked, JsonRpcMessage answer, CancellationToken cancellationToken) =>
        _line.Sender.AnswerAsync(asked, answer, cancellationToken);

    public void TrySend(JsonRpcMessage message) => _line.Sender.TrySend(message);

    public void Drop(JsonRpcMessage message, string reason) => _context.Metrics.Drop(Server.Name, message, reason);

    /// <summary>Nobody waits any more for a call, which counts as in flight until the child has answered it.</summary>
    /// <returns>False when the child does not know it, or has answered.</returns>
    public bool TryAbandon(ClientCall call)
    {
        if (_line.Child is not { } child || child.Find(call.ChildId) != call)
            return false;
        if (child.TryTakeBack(call))
        {
            _inFlight.Leave(call.Seat!);
            return false;
        }

        if (_inFlight.Abandon(call, _context.Time.GetTimestamp()) is { } tooMany)
            child.Forget(tooMany);
        return true;
    }

    /// <inheritdoc cref="SharedChildSession.OnSettled"/>
    public void OnSettled(ClientCall call, JsonRpcMessage? answer, SharedChildSession seat)
    {
        _inFlight.Leave(seat);
        if (answer is null)
            return;
        if (call.WantsTask && AnswerReader.FindTask(answer) is { } task)
        {
            _tasks.Record(task, seat);
            if (!call.ProgressToken.IsNone)
                _taskTokens.Record(call.ChildId, new TaskToken(seat, task, call.ProgressToken));
        }
        else if (answer.Envelope.Kind is JsonRpcKind.Error)
        {
            foreach (var elicitation in AnswerReader.FindElicitations(answer))
                _elicitations.Record(elicitation, seat);
        }
    }

    private Task TellLevelAsync(string level) => TellAsync(McpMethod.SetLevel, new JsonObject { ["level"] = level });

    // A child that is not there learns it when it is.
    private Task TellAsync(string method, JsonObject parameters) => _line.Child is { } child
        ? _line.Sender.TellAsync(child, GatewayCall.Request(method, parameters))
        : Task.CompletedTask;
}
