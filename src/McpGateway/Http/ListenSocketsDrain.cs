using McpGateway.Drain;

namespace McpGateway.Http;

/// <summary>
/// The listeners' part in the gateway's stop. Without other replicas they stay open until the host closes them: nobody
/// else could take the connections.
/// </summary>
internal sealed class ListenSocketsDrain(ListenSockets sockets, DrainState drain, TimeProvider time) : IDrainParticipant
{
    public Task DrainAsync(DrainStage stage, CancellationToken cancellationToken) =>
        stage is DrainStage.StopAccepting && drain.OthersServe ? sockets.StopAcceptingAsync(time) : Task.CompletedTask;
}
