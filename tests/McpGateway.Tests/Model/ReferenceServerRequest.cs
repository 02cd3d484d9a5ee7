using System.Text.Json.Nodes;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Model;

/// <summary>A child's request to a client.</summary>
/// <param name="Request">As the child sent it.</param>
/// <param name="Session">To whose client it was sent.</param>
/// <param name="Call">For which call; null for no single one.</param>
/// <param name="ClientId">As the client knows it.</param>
/// <param name="ClientToken">The progress token that the client was given, where it is not the child's own.</param>
internal sealed record ReferenceServerRequest(
    JsonObject Request, ReferenceSession Session, ReferenceCall? Call, Slot ClientId, Slot? ClientToken)
{
    public JsonNode ChildId => Request["id"]!;

    public JsonNode? ChildToken => Request["params"]?["_meta"]?["progressToken"];

    public bool WantsTask => Request["params"]?["task"] is not null;
}
