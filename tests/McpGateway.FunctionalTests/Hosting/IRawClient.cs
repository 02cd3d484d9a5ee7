using System.Text.Json;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>What the raw clients of all transports can do.</summary>
internal interface IRawClient : IAsyncDisposable
{
    /// <summary>POSTs these bytes as JSON.</summary>
    Task<Answer> PostAsync(byte[] body);

    /// <summary>POSTs a request and waits for its answer, wherever that comes.</summary>
    /// <param name="body">The request.</param>
    /// <param name="id">Its id, as JSON.</param>
    Task<JsonElement> AskAsync(string body, string id);

    /// <summary>A fresh id.</summary>
    string NextId();
}

/// <summary>How a client speaks to the gateway.</summary>
public enum Wire
{
    /// <summary>Streamable HTTP.</summary>
    Streamable,

    /// <summary>HTTP+SSE.</summary>
    Sse,

    /// <summary>POST /message without a session.</summary>
    Plain,
}

internal static class RawClients
{
    /// <summary>A client that has done its handshake with the server <c>test</c>.</summary>
    public static async Task<IRawClient> ConnectAsync(
        this TestGateway gateway, Wire wire, string capabilities = "{}", string? user = null) => wire switch
    {
        Wire.Streamable => await StreamableClient.ConnectAsync(gateway, capabilities: capabilities, user: user),
        Wire.Sse => await SseClient.ConnectAsync(gateway, capabilities: capabilities, user: user),
        _ => new PlainClient(gateway, user: user),
    };

    public static Task<Answer> PostAsync(this IRawClient client, string body) =>
        client.PostAsync(System.Text.Encoding.UTF8.GetBytes(body));

    public static Task<JsonElement> CallAsync(this IRawClient client, string tool, object? arguments = null)
    {
        var id = client.NextId();
        return client.AskAsync(Rpc.Call(id, tool, arguments), id);
    }

    /// <summary>Every message that the child has received, by name, without the call that asks for it.</summary>
    public static async Task<string[]> ReceivedAsync(this IRawClient client)
    {
        var messages = (await client.CallAsync("received")).Structured().Get("messages");
        return [.. messages.EnumerateArray().Select(name => name.GetString()!).SkipLast(1)];
    }

    public static async Task<int> PidAsync(this IRawClient client) =>
        (await client.CallAsync("pid")).Structured().Get("pid").GetInt32();
}
