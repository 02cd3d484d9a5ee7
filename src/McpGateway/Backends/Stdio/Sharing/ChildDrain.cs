using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Drain;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>Stops the remaining children when the gateway stops. Those of ended sessions are gone by then.</summary>
internal sealed class ChildDrain(ChildManager children, WarmChildren warm) : IDrainParticipant
{
    public Task DrainAsync(DrainStage stage, CancellationToken cancellationToken) => stage is DrainStage.StopChildren
        ? Task.WhenAll(children.EndAllAsync(), warm.StopAllAsync())
        : Task.CompletedTask;
}
