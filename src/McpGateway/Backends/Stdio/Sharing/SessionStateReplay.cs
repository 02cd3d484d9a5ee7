using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// What a session's client has told its child beyond the handshake, and a new child must be told again: the log level, the
/// subscriptions. Calls are not among it: what they do may have been done.
/// </summary>
internal sealed class SessionStateReplay
{
    // One session's; beyond it a new child does not know of the rest.
    private const int MaxSubscriptions = ResourceSubscriptions.MaxPerSession;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _subscriptions = new(StringComparer.Ordinal);
    private string? _level;

    /// <summary>Remembers what a request tells, once the child has taken it.</summary>
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

    /// <summary>The requests that tell it to a new child.</summary>
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
