using System.Text.Json;
using McpGateway.TestServer.Tools;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer;

/// <summary>What is answered to which method.</summary>
internal sealed class Methods(Flags flags, Peer peer, Catalog catalog)
{
    public Task AnswerAsync(string method, JsonElement id, JsonElement? parameters, CancellationToken cancellationToken) =>
        method switch
        {
            "tools/call" => CallToolAsync(id, parameters, cancellationToken),
            "initialize" when flags.HangAtInitialize =>
                Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken),
            _ => peer.Outbox.ReplyAsync(id, Find(method, parameters ?? default), cancellationToken),
        };

    private Action<Utf8JsonWriter> Find(string method, JsonElement parameters)
    {
        switch (method)
        {
            case "initialize":
                peer.Client = parameters;
                return Handshake.Answer(parameters);
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
            default:
                throw new RpcException(RpcException.MethodNotFound, $"Method not found: {method}");
        }
    }

    private async Task CallToolAsync(JsonElement id, JsonElement? parameters, CancellationToken cancellationToken)
    {
        var call = new Call(id, parameters ?? default, peer);
        peer.Calls.Begin(id);
        try
        {
            var result = await catalog.Find(Required(parameters ?? default, "name")).Handler(call, cancellationToken);
            await result.SendAsync(peer.Outbox, id, cancellationToken);
        }
        finally
        {
            peer.Calls.End(id);
        }
    }

    private static void Empty(Utf8JsonWriter result)
    {
        result.WriteStartObject();
        result.WriteEndObject();
    }

    private static string Required(JsonElement parameters, string name) =>
        parameters.Get(name)?.GetString() ?? throw new RpcException(RpcException.InvalidParams, $"Missing {name}");
}
