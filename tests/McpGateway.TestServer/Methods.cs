using System.Text.Json;
using McpGateway.TestServer.Tools;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer;

/// <summary>The response to each method.</summary>
internal sealed class Methods(Flags flags, Peer peer, Catalog catalog)
{
    private readonly ToolCalls _calls = new(peer, catalog, flags.Tasks);

    public Task AnswerAsync(string method, JsonElement id, JsonElement? parameters, CancellationToken cancellationToken) =>
        method switch
        {
            "tools/call" => _calls.AnswerAsync(id, parameters ?? default, cancellationToken),
            "initialize" when flags.HangAtInitialize =>
                Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken),
            "tasks/result" when flags.Tasks =>
                AnswerTaskResultAsync(id, Required(parameters ?? default, "taskId"), cancellationToken),
            "tasks/cancel" when flags.Tasks =>
                CancelTaskAsync(id, peer.Tasks.Find(Required(parameters ?? default, "taskId")), cancellationToken),
            _ => peer.Outbox.ReplyAsync(id, Find(method, parameters ?? default), cancellationToken),
        };

    private Action<Utf8JsonWriter> Find(string method, JsonElement parameters)
    {
        switch (method)
        {
            case "initialize":
                peer.Client = parameters;
                return Handshake.Answer(parameters, flags);
            case "ping":
                return Empty;
            case "logging/setLevel":
                peer.LogLevel = Required(parameters, "level");
                return Empty;
            case "tools/list":
                return catalog.Answer(parameters.Get("cursor")?.GetString());
            case "resources/list":
                return Resources.List;
            case "resources/read":
                return Resources.Read(Required(parameters, "uri"), peer.Subscriptions);
            case "resources/subscribe":
                peer.Subscriptions.Add(Required(parameters, "uri"));
                return Empty;
            case "resources/unsubscribe":
                peer.Subscriptions.Remove(Required(parameters, "uri"));
                return Empty;
            case "prompts/list":
                return Prompts.List;
            case "prompts/get":
                return Prompts.Get(Required(parameters, "name"), parameters.Get("arguments"));
            case "tasks/get" when flags.Tasks:
                return peer.Tasks.Find(Required(parameters, "taskId")).Write;
            case "tasks/list" when flags.Tasks:
                return peer.Tasks.List;
            default:
                throw new RpcException(RpcException.MethodNotFound, $"Method not found: {method}");
        }
    }

    private async Task AnswerTaskResultAsync(JsonElement id, string taskId, CancellationToken cancellationToken)
    {
        var result = await peer.Tasks.Find(taskId).ResultAsync(cancellationToken);
        await (result with { TaskId = taskId }).SendAsync(peer.Outbox, id, cancellationToken);
    }

    private async Task CancelTaskAsync(JsonElement id, ServerTask task, CancellationToken cancellationToken)
    {
        if (!task.TryCancel()) throw new RpcException(RpcException.InvalidParams, "The task has ended");
        await peer.Outbox.NotifyAsync("notifications/tasks/status", task.Write, cancellationToken);
        await peer.Outbox.ReplyAsync(id, task.Write, cancellationToken);
    }

    private static void Empty(Utf8JsonWriter result)
    {
        result.WriteStartObject();
        result.WriteEndObject();
    }

    private static string Required(JsonElement parameters, string name) =>
        parameters.Get(name)?.GetString() ?? throw new RpcException(RpcException.InvalidParams, $"Missing {name}");
}
