using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Drain;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>The children's part in the gateway's stop: those of ended sessions are gone by then, these are all others.</summary>
internal sealed class ChildDrain(ChildManager children, WarmChildren warm) : IDrainParticipant
{
    public Task DrainAsync(DrainStage stage, CancellationToken cancellationToken) => stage is DrainStage.StopChildren
        ? Task.WhenAll(children.EndAllAsync(), warm.StopAllAsync())
        : Task.CompletedTask;
}
