using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer;

/// <summary>Everything that is known about the client, and the ways to communicate with it.</summary>
internal sealed class Peer(Outbox outbox, Inbox inbox, string[] args, int? grandchildId)
{
    public Outbox Outbox => outbox;
    public Inbox Inbox => inbox;
    public ServerRequests Requests { get; } = new(outbox);
    public History History { get; } = new();
    public CallLedger Calls { get; } = new();
    public Subscriptions Subscriptions { get; } = new();
    public Gates Gates { get; } = new();
    public TaskTable Tasks { get; } = new();
    public IReadOnlyList<string> Args => args;
    public int? GrandchildId => grandchildId;

    /// <summary>The params of the last initialize.</summary>
    public JsonElement? Client { get; set; }

    public string? LogLevel { get; set; }

    public void AcceptAnswer(JsonElement answer)
    {
        History.AddAnswer(answer);
        // A stray response proves that the gateway delivered one to the wrong child.
        if (!Requests.TryAccept(answer)) History.AddStrayAnswer();
    }

    public void AcceptNotification(string method, JsonElement? parameters)
    {
        if (method is "notifications/cancelled" && parameters?.Get("requestId") is { } id)
            Calls.Cancel(id, parameters?.Get("reason"));
        else if (method is "notifications/progress" && parameters is { } progress)
            History.AddProgress(progress);
    }
}
