namespace McpGateway.Sessions;

/// <summary>What the <see cref="SessionMonitor"/> visits besides sessions and children.</summary>
internal interface IMonitored
{
    /// <summary>Time-outs and keep-alives.</summary>
    /// <param name="now">A timestamp of the gateway's clock.</param>
    IEnumerable<Task> Tick(long now);

    /// <summary>The stream on which the most bytes wait for a client; null when there is none.</summary>
    ResponseStream? Slowest();
}
