namespace McpGateway.Drain;

/// <summary>A part of the gateway that has something to do when the gateway stops.</summary>
internal interface IDrainParticipant
{
    /// <summary>
    /// Does the participant's part of a stage; nothing in most. All participants are called at the same time, and the next
    /// stage waits for them. A failure is logged and stops nobody else.
    /// </summary>
    /// <param name="stage">The stage that begins.</param>
    /// <param name="cancellationToken">Fires when the host's own time for its stop is over.</param>
    Task DrainAsync(DrainStage stage, CancellationToken cancellationToken);
}
