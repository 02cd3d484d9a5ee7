namespace McpGateway.Drain;

/// <summary>A participant whose work <see cref="DrainStage.FinishCalls"/> waits for.</summary>
internal interface IWorkInFlight : IDrainParticipant
{
    /// <summary>Whether anything is open, idle or not. If nobody has anything open, there is nothing to wait for.</summary>
    bool IsOpen { get; }

    /// <summary>Whether something is open that has to be waited for.</summary>
    bool IsBusy { get; }

    /// <summary>Called again and again until nobody is busy: ends what has become idle.</summary>
    /// <param name="isSettled">
    /// False at first: a request may have been accepted just before <see cref="DrainStage.StopRequests"/> and not be counted yet.
    /// </param>
    Task AdvanceAsync(bool isSettled);

    /// <summary>The time is over: lets go of what is still busy.</summary>
    void GiveUp();
}
