using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// What a session's client has set after the handshake, and what a new child must be told again: the log level and the
/// subscriptions. Calls are never repeated, because they may have been carried out.
/// </summary>
internal sealed class SessionStateReplay
{
    // As many as one session may have at a shared child. A new child is told of no more.
    private const int MaxSubscriptions = ResourceSubscriptions.MaxPerSession;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _subscriptions = new(StringComparer.Ordinal);
    private string? _level;

    /// <summary>Remembers what a request sets, once the child has accepted it.</summary>
    public void Watch(JsonRpcMessage request, ClientCall call)
    {
        if (request.Envelope.Method is not (McpMethod.SetLevel or McpMethod.Subscribe or McpMethod.Unsubscribe))
            return;
        var parameters = request.Envelope.Params.In(request.Utf8);
        var (level, uri) = (JsonMembers.FindText(parameters, "level"u8), JsonMembers.FindText(parameters, "uri"u8));
        call.OnAnswer += answer =>
        {
            if (answer.Envelope.Kind is JsonRpcKind.Result)
                Remember(call.Method, level, uri);
        };
    }

    /// <summary>The requests that set the same at a new child.</summary>
    public IReadOnlyList<JsonRpcMessage> Requests()
    {
        lock (_lock)
        {
            var requests = _subscriptions.Select(
                uri => GatewayCall.Request(McpMethod.Subscribe, new JsonObject { ["uri"] = uri }));
            return _level is { } level
                ? [GatewayCall.Request(McpMethod.SetLevel, new JsonObject { ["level"] = level }), .. requests]
                : [.. requests];
        }
    }

    private void Remember(string method, string? level, string? uri)
    {
        lock (_lock)
        {
            if (method == McpMethod.SetLevel)
                _level = level;
            else if (method == McpMethod.Unsubscribe)
                _subscriptions.Remove(uri ?? string.Empty);
            else if (uri is { Length: <= ResourceSubscriptions.LongestUri } && _subscriptions.Count < MaxSubscriptions)
                _subscriptions.Add(uri);
        }
    }
}
