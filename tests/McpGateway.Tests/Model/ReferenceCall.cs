using System.Text.Json.Nodes;
using McpGateway.Sessions;

namespace McpGateway.Tests.Model;

/// <summary>A client's request, from when it was taken until nobody can hear of it any more.</summary>
internal sealed class ReferenceCall(ReferenceSession session, JsonObject request, ReferenceStream stream, long now)
{
    public ReferenceSession Session { get; } = session;

    public JsonObject Request { get; } = request;

    public ReferenceStream Stream { get; } = stream;

    public JsonNode Id => Request["id"]!;

    public string Method => (string)Request["method"]!;

    public JsonNode? Parameters => Request["params"];

    public JsonNode? Token => Parameters?["_meta"]?["progressToken"];

    public string? Task => (string?)Parameters?["taskId"];

    public bool WantsTask => Parameters?["task"] is not null;

    public string? Uri => (string?)Parameters?["uri"];

    public bool IsInitialize => Method == "initialize";

    public long StartedAt { get; } = now;

    public long ActiveAt { get; set; } = now;

    /// <summary>Requests of the child's for this call that its client has not answered.</summary>
    public int Waiting { get; set; }

    /// <summary>As the child knows it; null before it was sent.</summary>
    public Slot? ChildId { get; set; }

    public Slot? ChildToken { get; set; }

    public long AbandonedAt { get; set; }

    /// <summary>Its client still waits for it.</summary>
    public bool IsLive => Session.Calls.Contains(this);

    public override string ToString() => $"{Session}'s {Method} {Id.ToJsonString()} (child's {ChildId})";
}
