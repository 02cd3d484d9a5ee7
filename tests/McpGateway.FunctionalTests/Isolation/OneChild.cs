using System.Text.Json.Nodes;
using McpGateway.FunctionalTests.Hosting;
using Microsoft.AspNetCore.Builder;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>
/// A gateway and several sessions that share one child, in either way: in <c>user</c> they are all one user's, in
/// <c>shared</c> each is another's.
/// </summary>
internal sealed class OneChild : IAsyncDisposable
{
    /// <summary>Said by the child to every session.</summary>
    public const string ListChanged = "notifications/tools/list_changed";

    // Said for nothing but to know that all before it has arrived; no test looks for it.
    private const string Settled = "notifications/prompts/list_changed";

    private readonly List<IRawClient> _clients = [];
    private readonly string _isolation;
    private readonly string _capabilities;

    private OneChild(TestGateway gateway, string isolation, string capabilities) =>
        (Gateway, _isolation, _capabilities) = (gateway, isolation, capabilities);

    public TestGateway Gateway { get; }

    /// <summary>Whose the next session is.</summary>
    public string NextUser => _isolation is "shared" ? $"user{_clients.Count + 1}" : "alice";

    /// <summary>Starts a gateway; the child starts with the first session.</summary>
    /// <param name="isolation"><c>session</c>, <c>user</c> or <c>shared</c>.</param>
    /// <param name="flags">Of the TestServer.</param>
    /// <param name="keys">More keys of the server in gateway.json.</param>
    /// <param name="capabilities">What each client declares.</param>
    public static async Task<OneChild> StartAsync(
        string isolation, string[]? flags = null, JsonObject? keys = null, string capabilities = "{}") =>
        new(await StartGatewayAsync(isolation, flags, keys), isolation, capabilities);

    /// <summary>A gateway whose one server <c>test</c> has this isolation, and which tells users apart.</summary>
    public static Task<TestGateway> StartGatewayAsync(
        string isolation, string[]? flags = null, JsonObject? keys = null, Dictionary<string, string?>? settings = null,
        Action<WebApplicationBuilder>? adjust = null)
    {
        keys ??= [];
        keys["isolation"] = isolation;
        settings ??= [];
        settings.TryAdd("Drain:Timeout", "00:00:01"); // tests leave calls in flight behind; the stop is not to wait for them
        return TestGateway.StartWithTestServerAsync(flags, keys, settings, builder =>
        {
            TestUsers.Add(builder);
            adjust?.Invoke(builder);
        });
    }

    /// <summary>One more session, over HTTP+SSE: what it sends reaches the child in the order of sending.</summary>
    public async Task<SseClient> JoinAsync()
    {
        var client = await SseClient.ConnectAsync(Gateway, capabilities: _capabilities, user: NextUser);
        _clients.Add(client);
        return client;
    }

    /// <summary>One more session, over Streamable HTTP.</summary>
    public async Task<StreamableClient> JoinStreamableAsync()
    {
        var client = await StreamableClient.ConnectAsync(Gateway, capabilities: _capabilities, user: NextUser);
        _clients.Add(client);
        return client;
    }

    /// <summary>Sees to it that all that the child has said so far has arrived at the SSE clients that are still there.</summary>
    public async Task SettleAsync()
    {
        var clients = _clients.OfType<SseClient>().Where(client => !client.Reading.IsCompleted).ToArray();
        await clients[0].CallAsync("notify", new { method = Settled });
        await ReceiveSettledAsync(clients);
    }

    /// <summary>
    /// Has the child say this with no call in flight, and sees to it that all of it has arrived.
    /// </summary>
    /// <param name="messages">Lines of the child.</param>
    public async Task SayAsync(params string[] messages)
    {
        var clients = _clients.OfType<SseClient>().Where(client => !client.Reading.IsCompleted).ToArray();
        var raw = string.Join('\n', [.. messages, Rpc.Notification(Settled)]);
        await clients[0].CallAsync("reply", new { raw, afterwards = true });
        await ReceiveSettledAsync(clients);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();
        await Gateway.DisposeAsync();
    }

    private static async Task ReceiveSettledAsync(SseClient[] clients)
    {
        foreach (var client in clients)
            await client.Inbox.TakeAsync(message => message.Method() == Settled);
    }
}
